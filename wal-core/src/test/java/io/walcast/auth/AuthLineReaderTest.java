// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthLineReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "a b\tc                ! <a> <b> <c>",
                "a,b c                 ! <a|b> <c>",
                "a, b c                ! <a|b> <c>",
                ",a,,b, c              ! <a|b|c>",
                "a b # c               ! <a> <b>",
                "a b#c                 ! <a> <b>",
                "\"a b\" c             ! <'a b'> <c>",
                "\"a,b#\" c            ! <'a,b#'> <c>",
                "\"a\"\"b\" c          ! <'a\"b'> <c>",
                "x\"y z\"w             ! <xy zw>",
                "\"\" a                ! <''> <a>",
                "\"open a              ! <'open a'>",
                "a \r                  ! <a>"
            })
    void takesALineApart(String line, String fields) {
        assertThat(AuthLineReader.read(line, "f"))
                .singleElement()
                .satisfies(read -> assertThat(shown(read)).isEqualTo(fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r", "# a", ",", " , # a", "\\", "#\\\na"})
    void skipsWhatIsEmpty(String text) {
        assertThat(AuthLineReader.read(text, "f")).isEmpty();
    }

    @Test
    void joinsLinesAndNamesTheFirst() {
        List<AuthLine> lines = AuthLineReader.read("# x\na \\\r\n b\\\nc\nd\\", "f");

        assertThat(lines).extracting(AuthLine::number).containsExactly(2, 5);
        assertThat(lines).extracting(AuthLineReaderTest::shown).containsExactly("<a> <bc>", "<d>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"include x", "include_if_exists x", "include_dir x", "a @x", "a b,@x"})
    void refusesOtherFilesByName(String line) {
        assertThatThrownBy(() -> AuthLineReader.read("\n" + line, "f"))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.FEATURE_NOT_SUPPORTED))
                .hasMessageContaining("f, line 2: ");
    }

    @Test
    void answersAnyTextWithRulesOrAnError() {
        Random random = new Random(42);
        String[] words = {
            "host",
            "hostssl",
            "local",
            " ",
            "\t",
            ",",
            "\"",
            "\\",
            "\n",
            "#",
            "all",
            "replication",
            "/",
            "1.2.3.4",
            "/8",
            "::1",
            "=",
            "trust",
            "cert",
            "map",
            "clientcert=verify-ca",
            "+",
            "@",
            "u",
            "-",
            "\r",
            "\\1",
            "(",
            "SCRAM-SHA-256$1:"
        };

        for (int i = 0; i < 20_000; i++) {
            String text = random.ints(random.nextInt(20), 0, words.length)
                    .mapToObj(at -> words[at])
                    .collect(Collectors.joining());
            try {
                switch (i % 3) {
                    case 0 -> PgHba.parse(text, "f");
                    case 1 -> PgIdent.parse(text, "f");
                    default -> UsersFile.parse(text, "f");
                }
            } catch (ConfigurationException e) {
                assertThat(e.getMessage()).matches("(?s)f, line \\d+: .*|configuration file \"f\" contains no entries");
            }
        }
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThatThrownBy(() -> AuthLineReader.read("a\0b", "f")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> AuthLineReader.read("a".repeat(1 << 17), "f"))
                .isInstanceOf(ConfigurationException.class);
    }

    private static String shown(AuthLine line) {
        return line.fields().stream()
                .map(field -> field.stream()
                        .map(word -> word.quoted() ? "'" + word.text() + "'" : word.text())
                        .collect(Collectors.joining("|", "<", ">")))
                .collect(Collectors.joining(" "));
    }
}
