// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service says, in files that libpq 18 was asked about, too. */
final class ServiceFileTest {
    private static final String FILE = """
            # a comment
            [a]
            host=/tmp
            port=77

            [b]
            service=a
            [c]
            foo=1
            [d]
            host
            [e]
             host = /tmp
            []
            port=66
            [f]x
            port=55
            [g]
            ldap://x
            [h]
            port=1
            port=2
             [j]
            \tport=88 \s
            # until here
            user=it's \\me
            [j]
            dbname=twice
            """;

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void write() throws IOException {
        environment.put("HOME", home.toString());
        environment.put("PGSYSCONFDIR", home.resolve("none").toString());
        Files.writeString(home.resolve(".pg_service.conf"), FILE);
    }

    private ConninfoValues values(String conninfo) {
        return ConninfoValues.of(Conninfo.parse(conninfo), environment);
    }

    private String port(String conninfo) {
        return values(conninfo).get(ConninfoKeyword.PORT, "none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "service=a|77",
                "service=a port=5|5",
                "service=''|66",
                "service=f|55",
                "service=h|1",
                "service=j|88",
                "|none"
            })
    void fillsInWhatTheConninfoLeavesOpen(String conninfo, String port) {
        assertThat(port(conninfo == null ? "" : conninfo)).isEqualTo(port);
    }

    @Test
    void comesBeforeTheEnvironmentWhichMayNameIt() {
        environment.put("PGSERVICE", "a");
        environment.put("PGPORT", "3");
        environment.put("PGUSER", "u");

        assertThat(port("")).isEqualTo("77");
        assertThat(values("").get(ConninfoKeyword.USER)).isEqualTo("u");
        assertThat(port("service=j")).isEqualTo("88");
        assertThat(values("service=j").get(ConninfoKeyword.USER)).isEqualTo("it's \\me");
        assertThat(values("service=j").get(ConninfoKeyword.DBNAME)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "b, 'nested service specifications not supported in service file \"FILE\", line 7'",
        "c, 'syntax error in service file \"FILE\", line 9'",
        "d, 'syntax error in service file \"FILE\", line 11'",
        "e, 'syntax error in service file \"FILE\", line 13'",
        "g, 'syntax error in service file \"FILE\", line 19'",
        "zz, 'definition of service \"zz\" not found'",
        "A, 'definition of service \"A\" not found'",
    })
    void refusesInLibpqsWords(String service, String message) {
        assertThatThrownBy(() -> values("service=" + service))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        message.replace("FILE", home.resolve(".pg_service.conf").toString()));
    }

    @Test
    void isReadFromTheFileThatIsNamed() throws IOException {
        Path named = Files.writeString(home.resolve("named"), "[a]\nport=5");
        environment.put("PGSERVICEFILE", named.toString());

        assertThat(port("service=a")).isEqualTo("5");
        assertThatThrownBy(() -> values("service=h")).hasMessage("definition of service \"h\" not found");
        environment.put("PGSERVICEFILE", "/nope");
        assertThatThrownBy(() -> values("service=a")).hasMessage("service file \"/nope\" not found");
    }

    @Test
    void isLookedForInTheFileOfAllUsersAfterwards() throws IOException {
        environment.put("PGSYSCONFDIR", home.toString());
        Files.writeString(home.resolve("pg_service.conf"), "[z]\nport=99\n[a]\nport=1\n");

        assertThat(port("service=z")).isEqualTo("99");
        assertThat(port("service=a")).isEqualTo("77");
        Files.delete(home.resolve(".pg_service.conf"));
        assertThat(port("service=a")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1021, 1022, 1023, 5000})
    void refusesALineThatDoesNotFitIntoLibpqsBuffer(int bytes) throws IOException {
        Files.writeString(home.resolve(".pg_service.conf"), "#" + "x".repeat(bytes - 1) + "\n[a]\nport=1\n");

        if (bytes < 1022) {
            assertThat(port("service=a")).isEqualTo("1");
        } else {
            assertThatThrownBy(() -> values("service=a")).hasMessageStartingWith("line 1 too long in service file");
        }
    }

    @Test
    void isNotReadUnlessItIsNamed() {
        assertThat(values("host=a").service()).isEmpty();
        environment.put("PGSERVICEFILE", "/nope");
        assertThat(values("host=a").service()).isEmpty();
    }

    @Test
    void keepsSecretsOutOfErrors() throws IOException {
        Files.writeString(home.resolve(".pg_service.conf"), "[a]\npassword hunter2\n");

        assertThatThrownBy(() -> values("service=a")).message().doesNotContain("hunter2");
    }
}
