// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.ConnectOptions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

final class ConninfoFuzzTest {
    private static final String SECRET = "Gr8_s3cr3t";

    /** Whatever the form, the same values can be written with keywords, and mean the same. */
    @FuzzTest
    void readsWhatItWouldPrint(byte[] bytes) {
        String text = Input.text(bytes);

        boolean claimed = Conninfo.claims(text);
        Optional<Conninfo> read =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> Conninfo.parse(text));

        if (read.isPresent()) {
            Conninfo conninfo = read.get();
            assertThat(Conninfo.parse(withKeywords(conninfo))).isEqualTo(conninfo);
            assertThat(withOtherSecrets(conninfo).display()).isEqualTo(conninfo.display());
            assertThat(conninfo.toString()).isEqualTo(conninfo.display());
        }
        assertThat(claimed || read.isEmpty() || !text.contains("://")).isTrue();
    }

    /** Settings of every kind that a conninfo may hold: numbers, lists, words, paths. */
    @FuzzTest
    void makesSettingsOrSaysWhyNot(byte[] bytes) {
        Input input = new Input(bytes);
        ConnectOptions.Mode mode = input.oneOf(ConnectOptions.Mode.values());
        ConnectOptions.Policy policy = input.oneOf(ConnectOptions.Policy.values());
        String text = input.restAsText();

        ParserContract.parse(bytes.length, ConfigurationException.class, () -> {
            ConninfoValues values = new ConninfoValues(Conninfo.parse(text), Map.of("HOME", "/home/someone"));
            ConnectSettings settings = ConnectSettings.of(values, mode, "fuzz", policy);
            for (HostEntry host : settings.hosts()) {
                assertThat(host.port()).isBetween(1, 65535);
                assertThat(host.shownHost()).isNotNull();
                assertThat(host.passfileHost()).isNotNull();
                if (host.isSocket()) {
                    assertThat(host.socketPath()).endsWith("." + host.port());
                }
            }
            assertThat(settings.connectTimeout()).isGreaterThanOrEqualTo(Duration.ZERO);
            return settings;
        });
    }

    @FuzzTest
    void tellsNoPasswordInAnError(byte[] bytes) {
        Input input = new Input(bytes);
        String before =
                input.oneOf("password=" + SECRET + " ", "password='" + SECRET + "'", "postgres://u:" + SECRET + "@");
        String text = input.restAsText();
        try {
            Conninfo.parse(before + text);
        } catch (ConfigurationException e) {
            if (!text.contains(SECRET)) {
                assertThat(e.getMessage()).doesNotContain(SECRET);
            }
        }
    }

    private static String withKeywords(Conninfo conninfo) {
        return conninfo.values().entrySet().stream()
                .map(value -> value.getKey().word() + " = '"
                        + value.getValue().replace("\\", "\\\\").replace("'", "\\'") + "'")
                .collect(Collectors.joining(" "));
    }

    private static Conninfo withOtherSecrets(Conninfo conninfo) {
        Map<ConninfoKeyword, String> values = new EnumMap<>(ConninfoKeyword.class);
        conninfo.values()
                .forEach((keyword, value) ->
                        values.put(keyword, keyword.isSecret() && !value.isEmpty() ? "another" : value));
        return new Conninfo(values);
    }
}
