// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GrpcConninfoTest {

    @Test
    void readsEveryPart() {
        GrpcConninfo conninfo = GrpcConninfo.parse(
                "grpcs://me:p%40ss@a.example:1,[2001:db8::1]:2,10.0.0.1,[::1]/db?application_name=x%20y&sslmode=require");

        assertThat(conninfo.tls()).isTrue();
        assertThat(conninfo.hosts())
                .containsExactly(
                        new GrpcHost("a.example", 1),
                        new GrpcHost("2001:db8::1", 2),
                        new GrpcHost("10.0.0.1", 5434),
                        new GrpcHost("::1", 5434));
        assertThat(conninfo.values())
                .isEqualTo(Map.of(
                        GrpcParameter.USER, "me",
                        GrpcParameter.PASSWORD, "p@ss",
                        GrpcParameter.DBNAME, "db",
                        GrpcParameter.APPLICATION_NAME, "x y",
                        GrpcParameter.SSLMODE, "require"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc://h", "grpc://h/", "grpc://h?", "grpc://h/?", "grpc://h:5434", "grpc://h:/"})
    void fillsInThePort(String text) {
        GrpcConninfo conninfo = GrpcConninfo.parse(text);

        assertThat(conninfo.hosts()).containsExactly(new GrpcHost("h", 5434));
        assertThat(conninfo.values()).isEmpty();
        assertThat(conninfo.tls()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "grpc://h, true",
        "grpcs://h, true",
        "GRPC://h, false",
        "grpc:h, false",
        "postgresql://h, false",
        "host=h, false",
        "grpcx://h, false"
    })
    void claimsItsOwnSchemesOnly(String text, boolean claimed) {
        assertThat(GrpcConninfo.claims(text)).isEqualTo(claimed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host=h | conninfo must begin with grpc:// or grpcs://",
                "grpc:// | host name must be given",
                "grpc://:5434 | host name must be given",
                "grpc://a,,b | host name must be given",
                "grpc://a, | host name must be given",
                "grpc://u@ | host name must be given",
                "grpc://h:0 | invalid port number: \"h:0\"",
                "grpc://h:65536 | invalid port number: \"h:65536\"",
                "grpc://h:-1 | invalid port number: \"h:-1\"",
                "grpc://h:123456 | invalid port number: \"h:123456\"",
                "grpc://h:+1 | invalid port number: \"h:+1\"",
                "grpc://h:1:2 | invalid port number: \"h:1:2\"",
                "grpc://h%20 | invalid host name: \"h%20\"",
                "grpc://h%2Fx | invalid host name: \"h%2Fx\"",
                "grpc://-h | invalid host name: \"-h\"",
                "grpc://h- | invalid host name: \"h-\"",
                "grpc://ü | invalid host name: \"ü\"",
                "grpc://[h] | invalid host name: \"h\"",
                "grpc://[] | host name must be given",
                "grpc://[::1 | end of string reached when looking for matching \"]\" in IPv6 host address in URI",
                "grpc://[::1]x | unexpected character at position 13 in URI (expected \":\" or \"/\")",
                "grpc://h?x=1 | invalid URI query parameter: \"x\"",
                "grpc://h?sslMode=require | invalid URI query parameter: \"sslMode\"",
                "grpc://h?window | missing key/value separator \"=\" in URI query parameter: \"window\"",
                "grpc://h?window=1=2 | extra key/value separator \"=\" in URI query parameter: \"window\"",
                "grpc://h?window=1&& | missing key/value separator \"=\" in URI query parameter: \"\"",
                "grpc://h?window=%zz | invalid percent-encoded token: \"%zz\"",
                "grpc://h?window=%00 | forbidden value %00 in percent-encoded value: \"%00\"",
                "grpc://%0@h | invalid percent-encoded token: \"%0\"",
                "grpc://u@h/x@y | an \"@\" in a password or in a database name must be written as %40",
            })
    void refuses(String text, String message) {
        assertThatThrownBy(() -> GrpcConninfo.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @Test
    void refusesNul() {
        assertThatThrownBy(() -> GrpcConninfo.parse("grpc://h\0")).hasMessage("NUL in connection info string");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grpc://u:hidden%zz@h",
                "grpc://u:hidden%00@h",
                "grpc://u:hidden/x@h",
                "grpc://hid:den/x@h",
                "grpc://u:hidden,x/y@h:1",
                "grpc://u:[hidden/x@h",
                "grpc://u:hidden@h:0",
                "grpc://u:hidden@h?unknown=1",
                "grpc://h?password=hidden%zz",
                "grpc://h?sslpassword=hidden%00",
                "grpc://u:x@hidden/y@h",
                "grpc://u:hid?den@h",
                "grpcs://hid:den?den@h",
                "grpc://u:1/hidden%zz?x@h",
                "grpc://u:1?hidden@h",
                "grpc://u:1?hidden=x@h",
                "grpc://u:1?window=hidden%zz&x@h",
                "grpc://h?password=ab&hidden",
                "grpc://h?password=ab&hidden=1",
                "grpc://h?password=ab&hid%zzden=1",
                "grpc://h?sslpassword=ab&window=1=hidden",
                "grpc://h?sslpassword=ab&window=hidden%00"
            })
    void doesNotRepeatSecrets(String text) {
        assertThatThrownBy(() -> GrpcConninfo.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .doesNotContain("hidden");
    }

    @Test
    void takesTheLaterOfTwo() {
        assertThat(GrpcConninfo.parse("grpc://a@h?user=b&user=c").values()).containsEntry(GrpcParameter.USER, "c");
    }

    @Test
    void keepsAPlusAndAnEmptyValue() {
        assertThat(GrpcConninfo.parse("grpc://h?application_name=a+b&options=").values())
                .containsEntry(GrpcParameter.APPLICATION_NAME, "a+b")
                .containsEntry(GrpcParameter.OPTIONS, "");
    }

    @ParameterizedTest
    @CsvSource({
        "grpc://h, grpc://h:5434",
        "grpcs://me@[::1]:7, grpcs://me@[::1]:7",
        "grpcs://me:secret@h/?sslpassword=secret, grpcs://me:********@h:5434/?sslpassword=********",
        "grpcs://h/?user=a&password=secret, grpcs://a:********@h:5434",
        "grpc://a%20%3A@h/d%20b?options=-c%20x=y%26z, ",
        "'grpc://a%20%3A@h,i:1/d%20b?options=-c%20x%3Dy%26z', 'grpc://a%20%3A@h:5434,i:1/d%20b?options=-c%20x%3Dy%26z'",
        "grpc://h?compression=zstd:level=3, grpc://h:5434/?compression=zstd:level%3D3"
    })
    void displaysWithoutSecrets(String text, String shown) {
        assertThat(new GrpcReceiverTransport().displayConninfo(text))
                .isEqualTo(shown == null ? "(invalid connection string)" : shown)
                .doesNotContain("secret");
    }

    @Test
    void readsBackWhatItDisplays() {
        GrpcConninfo conninfo =
                GrpcConninfo.parse("grpcs://a%3Ab@h,[::1]:3/?compression=gzip:level=2&sslrootcert=/x%20y");

        assertThat(GrpcConninfo.parse(conninfo.display())).isEqualTo(conninfo);
        assertThat(conninfo).hasToString(conninfo.display());
    }
}
