// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.client.Secret;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConninfoTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "host=a",
                "host",
                "host = 'a b'",
                "postgresql://",
                "postgres://h/db?x=y",
                "user='a:b'",
                "options='-c a=b:c'"
            })
    void claimsItsTwoForms(String text) {
        assertThat(Conninfo.claims(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc://h", "grpcs://h:1/?a=b", "memory:primary", "http://h?a=b", "jdbc:postgresql://h/"})
    void leavesOtherSchemesToOthers(String text) {
        assertThat(Conninfo.claims(text)).isFalse();
    }

    static Stream<Arguments> keywordForms() {
        return Stream.of(
                Arguments.of("", ""),
                Arguments.of("host=a", "host=a"),
                Arguments.of("  host  =  a  port=1 ", "host=a port=1"),
                Arguments.of(
                        "host=a\tport=1\nuser=u\rdbname=d\u000bsslmode=x\f", "user=u dbname=d host=a port=1 sslmode=x"),
                Arguments.of("host='a b'", "host=a b"),
                Arguments.of("host='it\\'s'", "host=it's"),
                Arguments.of("host='a\\\\b'", "host=a\\b"),
                Arguments.of("host=a\\ b", "host=a b"),
                Arguments.of("host=a'b", "host=a'b"),
                Arguments.of("host=a host=b", "host=b"),
                Arguments.of("host='' user=u", "user=u"),
                Arguments.of("host= user=u", "host=user=u"),
                Arguments.of("replication=true user=u", "user=u"));
    }

    @ParameterizedTest
    @MethodSource("keywordForms")
    void parsesKeywordsAsLibpqDoes(String text, String display) {
        assertThat(Conninfo.parse(text).display()).isEqualTo(display);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "host, missing \"=\" after \"host\" in connection info string",
                "host a, missing \"=\" after \"host\" in connection info string",
                "bogus=1, invalid connection option \"bogus\"",
                "host='a, unterminated quoted string in connection info string",
                "host=a\\, backslash at end of connection info string",
                "=1, invalid connection option \"\"",
            })
    void refusesWhatIsNoKeywordForm(String text, String message) {
        assertThatThrownBy(() -> Conninfo.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @Test
    void refusesANul() {
        assertThatThrownBy(() -> Conninfo.parse("host=a\0b")).hasMessage("NUL in connection info string");
    }

    static Stream<Arguments> uris() {
        return Stream.of(
                Arguments.of(
                        "postgresql://uri-user:secret@host:12345/db",
                        "user=uri-user password=******** dbname=db host=host port=12345"),
                Arguments.of("postgresql://uri-user@host:12345/db", "user=uri-user dbname=db host=host port=12345"),
                Arguments.of("postgresql://host/db", "dbname=db host=host"),
                Arguments.of("postgresql://host:12345/", "host=host port=12345"),
                Arguments.of("postgresql://host", "host=host"),
                Arguments.of("postgresql://", ""),
                Arguments.of("postgres://", ""),
                Arguments.of("postgresql:///db", "dbname=db"),
                Arguments.of("postgresql://?hostaddr=127.0.0.1", "hostaddr=127.0.0.1"),
                Arguments.of("postgresql://%68ost/", "host=host"),
                Arguments.of("postgresql://host/db?user=uri-user", "user=uri-user dbname=db host=host"),
                Arguments.of(
                        "postgresql://host/db?u%73er=someotheruser&port=12345",
                        "user=someotheruser dbname=db host=host port=12345"),
                Arguments.of("postgresql://[::1]:12345/db", "dbname=db host=::1 port=12345"),
                Arguments.of("postgresql://[2001:db8::1234]/", "host=2001:db8::1234"),
                Arguments.of("postgresql://a,b:2,[::1]:3/db", "dbname=db host=a,b,::1 port=,2,3"),
                Arguments.of("postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", "dbname=dbname host=/var/lib/postgresql"),
                Arguments.of("postgresql:///?host=/tmp&port=5433", "host=/tmp port=5433"),
                Arguments.of("postgresql://host?sslmode=disable", "host=host sslmode=disable"),
                Arguments.of("postgresql://host/?ssl=true", "host=host sslmode=require"),
                Arguments.of("postgresql://u:p%40ss%3Aword@h/", "user=u password=******** host=h"),
                Arguments.of("postgresql://:pw@h", "password=******** host=h"),
                Arguments.of("postgresql://host/a%20b+c", "dbname=a b+c host=host"));
    }

    @ParameterizedTest
    @MethodSource("uris")
    void parsesUrisAsLibpqDoes(String uri, String display) {
        assertThat(Conninfo.parse(uri).display()).isEqualTo(display);
    }

    @Test
    void decodesAPassword() {
        assertThat(Conninfo.parse("postgresql://u:p%40ss%3Aword@h/").values())
                .containsEntry(ConninfoKeyword.PASSWORD, "p@ss:word");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "postgresql://[::1/|end of string reached when looking for matching \"]\" in IPv6 host address in URI: \"postgresql://[::1/\"",
                "postgresql://[]/|IPv6 host address may not be empty in URI: \"postgresql://[]/\"",
                "postgresql://[::1]x|unexpected character \"x\" at position 19 in URI (expected \":\" or \"/\"): \"postgresql://[::1]x\"",
                "postgresql://h/?foo=1|invalid URI query parameter: \"foo\"",
                "postgresql://h/?ssl|missing key/value separator \"=\" in URI query parameter: \"ssl\"",
                "postgresql://h/?port=1=2|extra key/value separator \"=\" in URI query parameter: \"port\"",
                "postgresql://%zz/|invalid percent-encoded token: \"%zz\"",
                "postgresql://h%/|invalid percent-encoded token: \"h%\"",
                "postgresql://h/%00|forbidden value %00 in percent-encoded value: \"%00\"",
            })
    void refusesWhatIsNoUri(String uri, String message) {
        assertThatThrownBy(() -> Conninfo.parse(uri))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://u:hunter2@[::1/",
                "postgresql://u:hunter2%zz@h/",
                "postgresql://u:hunter2@[]/?password=hunter2",
                "postgresql://u@[]/?user=x&password=hunter2&port=1",
                "postgresql://u@[]/?sslpassword=hunter2",
                "password=my hunter2 host=a",
                "password=hunter2 bogus=1",
                "sslpassword=x hunter2",
                "password='hunter2",
            })
    void keepsSecretsOutOfErrors(String text) {
        assertThatThrownBy(() -> Conninfo.parse(text)).message().doesNotContain("hunter2");
    }

    @Test
    void keepsSecretsOutOfItsTextForm() {
        Conninfo conninfo = Conninfo.parse("password=hunter2 sslpassword=hunter2 scram_client_key=hunter2 user=u");

        assertThat(conninfo).hasToString("user=u password=******** sslpassword=********");
        assertThat(new Secret("hunter2")).hasToString("***");
    }
}
