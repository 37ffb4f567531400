// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

final class SettingsFuzzTest {
    private static final String FILE = "walcast.conf";
    private static final List<String> NAMES = List.of(
            "port",
            "wal_sender_timeout",
            "wal_keep_size",
            "work_mem",
            "extra_float_digits",
            "DateStyle",
            "TimeZone",
            "client_encoding",
            "application_name",
            "server_version",
            "ssl",
            "IntervalStyle",
            "client_min_messages",
            "a.b");

    @FuzzTest
    void readsAFileAsItWouldBePrinted(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<List<ConfigFile.Entry>> entries =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> ConfigFile.parse(text, FILE));

        if (entries.isPresent()) {
            String printed =
                    entries.get().stream().map(SettingsFuzzTest::printed).collect(Collectors.joining("\n"));
            List<ConfigFile.Entry> again = ConfigFile.parse(printed, FILE);
            assertThat(again)
                    .extracting(ConfigFile.Entry::name, ConfigFile.Entry::value)
                    .isEqualTo(entries.get().stream()
                            .map(entry -> tuple(entry.name(), entry.value()))
                            .toList());
        }
    }

    private static String printed(ConfigFile.Entry entry) {
        StringBuilder value = new StringBuilder();
        entry.value().chars().forEach(c -> {
            if (c == '\'' || c == '\\') {
                value.append((char) c).append((char) c);
            } else if (c < ' ' || c == 0x7F || c == 0x85) {
                value.append("\\%03o".formatted(c));
            } else {
                value.append((char) c);
            }
        });
        return entry.name() + " = '" + value + "'";
    }

    @FuzzTest
    void makesSettingsOfAFile(byte[] bytes) {
        String text = Input.text(bytes);
        long copies = 32 << 10; // each assignment makes new settings of the old ones
        Optional<Settings> settings = ParserContract.parse(
                bytes.length,
                copies * (1 + text.lines().count()),
                ConfigurationException.class,
                () -> Settings.parse(text, FILE));

        if (settings.isPresent()) {
            assertThat(settings.get().differences(settings.get())).isEmpty();
            assertThat(settings.get().reported()).isNotEmpty();
            assertThat(settings.get().duration("wal_sender_timeout")).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(settings.get().bytes("wal_keep_size")).isNotNegative();
            assertThat(settings.get().serving(15, 1 << 20).majorVersion()).isBetween(14, 18);
        }
    }

    /** The value that a session asks for; what {@code SHOW} prints of it means the same. */
    @FuzzTest
    void takesWhatItShows(byte[] bytes) {
        Input input = new Input(bytes);
        String name = NAMES.get(input.uint8() % NAMES.size());
        String value = input.restAsText();
        Optional<Settings> changed = ParserContract.parse(
                bytes.length, ServerErrorException.class, () -> Settings.DEFAULTS.withOverride(name, value));

        if (changed.isPresent()) {
            String shown = changed.get().show(name);
            assertThat(Settings.DEFAULTS.withOverride(name, shown).show(name)).isEqualTo(shown);
        }
    }

    @FuzzTest
    void readsNumbersOfAnAddress(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<Duration> duration = ParserContract.parse(
                bytes.length, ConfigurationException.class, () -> ParameterText.duration("name", text));
        Optional<Integer> size = ParserContract.parse(
                bytes.length, ConfigurationException.class, () -> ParameterText.bytes("name", text, 0, 1 << 30));
        Optional<Integer> number = ParserContract.parse(
                bytes.length, ConfigurationException.class, () -> ParameterText.integer("name", text, -7, 7));
        ParserContract.parse(bytes.length, ConfigurationException.class, () -> ParameterText.bool("name", text));

        duration.ifPresent(time -> assertThat(ParameterText.duration("name", time.toMillis() + "ms"))
                .isEqualTo(time));
        size.ifPresent(count ->
                assertThat(ParameterText.bytes("name", count + "B", 0, 1 << 30)).isEqualTo(count));
        number.ifPresent(count -> assertThat(count).isBetween(-7, 7));
    }
}
