// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.walcast.core.error.ConfigurationException;
import io.walcast.guc.Settings;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.transport.ListenOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void theCommandLineGoesOverTheFile() throws IOException {
        Files.writeString(directory.resolve("walcast.conf"), "max_connections = 7\nwal_sender_timeout = 5s\n");

        Settings settings = read("max-connections=9", "cluster_name=a=b");

        assertThat(settings.integer("max_connections")).isEqualTo(9);
        assertThat(settings.show("wal_sender_timeout")).isEqualTo("5s");
        assertThat(settings.text("cluster_name")).isEqualTo("a=b");
    }

    @Test
    void aMissingFileChangesNothing() {
        assertThat(NodeSettings.of(NodeDirectory.bare(directory), List.of())
                        .read()
                        .differences(Settings.DEFAULTS))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_connections", "=7", "", "nonsense=1", "max_connections=many"})
    void refusesWhatIsNoSetting(String assignment) {
        assertThatThrownBy(() -> read(assignment)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void refusesAFileThatIsNoText() throws IOException {
        Files.write(directory.resolve("walcast.conf"), "cluster_name = 'ä'".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(this::read)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("walcast.conf\" is not in UTF-8");
    }

    @Test
    void listensWhereTheSettingsSay() {
        assertThat(ListenSettings.addresses(
                        read("listen_addresses= localhost, ::1 ,*,, grpcs://[::]:6001?a=b%2Cc", "port=6000")))
                .containsExactly(
                        new ListenAddress("", "localhost", 6000, Map.of()),
                        new ListenAddress("", "::1", 6000, Map.of()),
                        new ListenAddress("", "*", 6000, Map.of()),
                        new ListenAddress("grpcs", "::", 6001, Map.of("a", "b,c")));
        assertThat(ListenSettings.addresses(read("listen_addresses="))).isEmpty();
    }

    @Test
    void offersTlsWithFilesOfTheHome() {
        assertThat(options("localhost:1", "libpq", read()).tls()).isNull();
        assertThat(options("localhost:1", "libpq", read("ssl=on", "ssl_key_file=/keys/k", "ssl_ca_file=ca.crt"))
                        .tls())
                .satisfies(tls -> {
                    assertThat(tls.certificate()).isEqualTo(directory.resolve("server.crt"));
                    assertThat(tls.key()).isEqualTo(Path.of("/keys/k"));
                    assertThat(tls.clientAuthorities()).isEqualTo(directory.resolve("ca.crt"));
                    assertThat(tls.revoked()).isNull();
                });
    }

    @Test
    void offersOtherTransportsTheFilesAlways() {
        assertThat(options("other://localhost:1", "other", read()).tls()).isNotNull();
    }

    @Test
    void givesATransportItsOwnSettingsAndOverThemThoseOfTheAddress() throws IOException {
        Files.writeString(
                directory.resolve("walcast.conf"), "grpc.window = 4MB\nGRPC.Keepalive = 10s\nother.window = 1\n");

        ListenOptions options = options("grpcs://localhost:1?window=8MB&x=y", "grpc", read("grpc.level=3"));

        assertThat(options.scheme()).isEqualTo("grpcs");
        assertThat(options.parameters())
                .containsOnly(entry("window", "8MB"), entry("keepalive", "10s"), entry("x", "y"), entry("level", "3"));
        assertThat(options("localhost:1", "libpq", read()).parameters()).isEmpty();
    }

    private ListenOptions options(String address, String transport, Settings settings) {
        return ListenSettings.options(
                ListenAddress.parse(address), transport, new InetSocketAddress(1), settings, directory);
    }

    private Settings read(String... assignments) {
        return NodeSettings.of(NodeDirectory.laidOut(directory), List.of(assignments))
                .read();
    }
}
