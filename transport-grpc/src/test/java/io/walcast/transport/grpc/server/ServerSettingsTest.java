// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.testkit.service.ScriptedService;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.grpc.wire.PermittedCompression;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSettingsTest {

    @Test
    void hasItsDefaults() {
        assertThat(ServerSettings.of(Map.of()))
                .isEqualTo(new ServerSettings(
                        true,
                        false,
                        PermittedCompression.DEFAULT,
                        128 << 10,
                        Duration.ofHours(24),
                        Duration.ZERO,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10)));
    }

    @Test
    void readsUnitsAsSettingsDo() {
        ServerSettings settings = ServerSettings.of(Map.of(
                "window", "1MB", "max_connection_age", "7", "max_connection_idle", "2min", "keepalive", "500ms"));

        assertThat(settings.windowBytes()).isEqualTo(1 << 20);
        assertThat(settings.maxConnectionAge()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.maxConnectionIdle()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.keepalive()).isEqualTo(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @CsvSource({
        "windows, 1MB, windows",
        "keepalive_timeout, 0, keepalive_timeout",
        "window, 1, window",
        "window, 1GB, window",
        "keepalive, soon, keepalive",
        "keepalive, -1s, keepalive",
        "client_certificate, maybe, client_certificate",
        "compression, lz4, lz4",
        "compression_level, 99, compression_level",
        "plaintext, perhaps, plaintext"
    })
    void namesWhatItCannotUse(String name, String value, String named) {
        assertThatThrownBy(() -> ServerSettings.of(Map.of(name, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named);
    }

    @Test
    void wantsEncryptionWhereOthersCanCome() {
        ListenOptions anywhere = ListenOptions.plain(new InetSocketAddress("0.0.0.0", 0));

        assertThatThrownBy(() -> new GrpcSenderTransport().listen(anywhere, new ScriptedService()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("plaintext=yes");
        assertThatThrownBy(() -> new GrpcSenderTransport()
                        .listen(ServerUnderTest.anyPort().withScheme("grpcs"), new ScriptedService()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("ssl_cert_file");
        new GrpcSenderTransport()
                .listen(anywhere.withParameters(Map.of("plaintext", "yes")), new ScriptedService())
                .close();
    }
}
