// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a = 1                  | 1",
                "a 1                    | 1",
                "a=1                    | 1",
                "A=1#x                  | 1",
                "  a\t=\t'x y' # c      | x y",
                "a = 'it''s'            | it's",
                "a = 'it\\'s'           | it's",
                "a = 'a\\tb\\101\\\\'   | a\tbA\\",
                "a = 'x#y'              | x#y",
                "a = on                 | on",
                "a = host.name:5/x-y    | host.name:5/x-y",
                "a = -5kB               | -5kB",
                "a = 0xFFms             | 0xFFms",
                "a = 1.5e3              | 1.5e3",
                "a = .5                 | .5",
                "a = ''                 | \"\""
            })
    void readsOneAssignment(String line, String value) {
        assertThat(ConfigFile.parse(line, "f")).singleElement().satisfies(entry -> {
            assertThat(entry.name().toLowerCase(Locale.ROOT)).isEqualTo("a");
            assertThat(entry.value()).isEqualTo(value);
        });
    }

    @Test
    void readsLongValues() {
        String value = "x''\\n\\101".repeat(100_000);

        assertThat(ConfigFile.parse("a = '" + value + "'", "f"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.value()).isEqualTo("x'\nA".repeat(100_000)));
    }

    @Test
    void answersAnyTextWithSettingsOrAnError() {
        Random random = new Random(42);
        String alphabet = "ab1='\\# \t\n.,-+\0\u00e4\"e0xkB";

        for (int i = 0; i < 20_000; i++) {
            String text = random.ints(random.nextInt(30), 0, alphabet.length())
                    .mapToObj(at -> alphabet.substring(at, at + 1))
                    .collect(Collectors.joining());
            try {
                ConfigFile.parse(text, "f");
            } catch (ConfigurationException e) {
                assertThat(e).hasMessageContaining("\"f\" line ");
            }
        }
    }

    @Test
    void countsLines() {
        assertThat(ConfigFile.parse("# c\r\n\r\na = 1\r\n  # d\nb = 2", "f"))
                .containsExactly(new ConfigFile.Entry("a", "1", 3), new ConfigFile.Entry("b", "2", 5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a =",
                "= 1",
                "a = 1 2",
                "a = 'x",
                "a = x'",
                "a == 1",
                "a = 1,2",
                "9 = 1",
                "a = *",
                "'a' = 1",
                "a.b.c = 1",
                "a = 'x' 'y'",
                "a = 1.5GB",
                "a = 'x\\'",
                "a.=1",
                "-",
                "a = #",
                "include 'x'",
                "include_dir 'x'",
                "include_if_exists 'x'"
            })
    void refusesWhatPostgresqlRefuses(String line) {
        assertThatThrownBy(() -> ConfigFile.parse("ok = 1\n" + line, "f"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("line 2");
    }
}
