// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.walcast.core.error.ConfigurationException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

    @ParameterizedTest
    @CsvSource({
        "localhost:5433,          '',   localhost, 5433",
        "127.0.0.1:0,             '',   127.0.0.1, 0",
        "[::1]:5433,              '',   ::1,       5433",
        "5433,                    '',   localhost, 5433",
        ":5433,                   '',   localhost, 5433",
        "*:65535,                 '',   *,         65535",
        "grpc://relay.example:80, grpc, relay.example, 80",
        "GRPC://[fe80::1]:80/,    grpc, fe80::1,   80"
    })
    void isReadAsItIsWritten(String text, String scheme, String host, int port) {
        assertThat(ListenAddress.parse(text)).isEqualTo(new ListenAddress(scheme, host, port, Map.of()));
    }

    @Test
    void mayHaveParametersForItsTransport() {
        ListenAddress address =
                ListenAddress.parse("grpcs://*:5434/?window=4MB&compression=zstd%2Cg+zip&x=a=%c3%A4?&e=");

        assertThat(address.scheme()).isEqualTo("grpcs");
        assertThat(address.port()).isEqualTo(5434);
        assertThat(address.parameters())
                .containsExactly(
                        entry("window", "4MB"), entry("compression", "zstd,g+zip"), entry("x", "a=ä?"), entry("e", ""));
        assertThat(ListenAddress.parse(address.toString())).isEqualTo(address);
        assertThat(ListenAddress.parse("5433?").parameters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "h:1?a=1&a=2,   \"\"a\"\" twice",
        "h:1?a=1&%61=2, \"\"a\"\" twice",
        "h:1?a,         expected: NAME=VALUE",
        "h:1?=1,        expected: NAME=VALUE",
        "h:1?a=1&,      expected: NAME=VALUE",
        "h:1?a=%4,      invalid percent-encoded token: \"\"%4\"\"",
        "h:1?a=%zz1,    invalid percent-encoded token: \"\"%zz1\"\"",
        "h:1?a=%00,     forbidden value %00 in percent-encoded value: \"\"%00\"\"",
        "h:1?a=%ff,     expected: UTF-8"
    })
    void refusesParametersThatCannotBeRead(String text, String reason) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(reason.replace("\"\"", "\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "localhost:",
                "::1:5433",
                "[::1",
                "[::1]5433",
                "a:b",
                "h:-1",
                "h:123456",
                "h:65536"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("expected: ");
    }

    @Test
    void readsWhatItPrints() {
        for (String text : new String[] {"localhost:1", "[::1]:5433", "grpc://h:80"}) {
            assertThat(ListenAddress.parse(text)).hasToString(text);
        }
    }

    @Test
    void resolvesToAddressesOfThisMachine() {
        assertThat(ListenAddress.parse("5433").resolve())
                .contains(new InetSocketAddress(InetAddress.getLoopbackAddress(), 5433));
        assertThat(ListenAddress.parse("*:5433").resolve()).containsExactly(new InetSocketAddress(5433));
        assertThatThrownBy(() -> ListenAddress.parse("192.0.2.1:5433").resolve())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("could not bind \"192.0.2.1\": it is not an address of this machine");
    }
}
