// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionStringTest {

    @Test
    void isEmptyWithoutOptions() {
        assertThat(conninfo(null)).isEmpty();
    }

    @Test
    void putsSingleOptionsBehindKeysAndValues() {
        assertThat(conninfo(null, "-d", "host=a user=b", "-h", "c", "-p", "5", "-U", "d e"))
                .isEqualTo("host=a user=b host='c' port='5' user='d e'");
    }

    @Test
    void quotesWhatWouldEndAValue() {
        assertThat(conninfo("p'a\\ss", "-U", "o'brien")).isEqualTo("user='o\\'brien' password='p\\'a\\\\ss'");
    }

    @Test
    void putsSingleOptionsIntoAUri() {
        assertThat(conninfo("a b&c+d", "-d", "postgresql://h/db", "-h", "/tmp", "-U", "ü"))
                .isEqualTo("postgresql://h/db?host=%2Ftmp&user=%C3%BC&password=a%20b%26c%2Bd");
        assertThat(conninfo(null, "-d", "postgres://h/db?a=b", "-p", "1")).isEqualTo("postgres://h/db?a=b&port=1");
    }

    @Test
    void leavesOtherUrisAlone() {
        assertThat(conninfo(null, "-d", "grpc://h:1")).isEqualTo("grpc://h:1");
        assertThatThrownBy(() -> conninfo(null, "-d", "grpc://h:1", "-p", "2")).isInstanceOf(UsageException.class);
    }

    @Test
    void leavesAPasswordToTheTransportWhoseUriHasNoPlaceForIt() {
        assertThat(conninfo("secret", "-d", "grpcs://h:1")).isEqualTo("grpcs://h:1");
        assertThat(ConnectionString.takesOptions("grpcs://h:1")).isFalse();
        assertThat(ConnectionString.takesOptions("postgresql://h:1")).isTrue();
        assertThat(ConnectionString.takesOptions("host=h")).isTrue();
        assertThat(ConnectionString.takesOptions(null)).isTrue();
    }

    private static String conninfo(@Nullable String password, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-D", "x"));
        all.addAll(List.of(arguments));
        return ConnectionString.of(ReceiveWalOptions.parse("prog", all), password);
    }
}
