// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.ipc.Latch;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.WalReceiverTransports;
import io.walcast.transport.client.Secret;
import io.walcast.transport.grpc.wire.Compression;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectSettingsTest {

    private static ConnectSettings settings(String conninfo, Map<String, String> environment) {
        return ConnectSettings.of(ConnectOptions.of(conninfo, new Latch()).withEnvironment(environment));
    }

    private static ConnectSettings settings(String conninfo) {
        return settings(conninfo, Map.of());
    }

    private static TlsSettings tls(String conninfo, Map<String, String> environment) {
        TlsSettings tls = settings(conninfo, environment).tls();
        assertThat(tls).isNotNull();
        return tls;
    }

    @Test
    void hasTheseDefaults() {
        ConnectSettings settings = settings("grpcs://h", Map.of("HOME", "/home"));

        assertThat(settings.user()).isEqualTo(System.getProperty("user.name"));
        assertThat(settings.database()).isEqualTo("replication");
        assertThat(settings.password()).isNull();
        assertThat(settings.passfile()).isEqualTo(Path.of("/home/.pgpass"));
        assertThat(settings.parameters()).isEqualTo(Map.of("application_name", "walreceiver"));
        assertThat(settings.connectTimeout()).isZero();
        assertThat(settings.roundRobin()).isFalse();
        assertThat(settings.compression()).isEqualTo(Compression.NONE);
        assertThat(settings.window()).isEqualTo(new Window(0));
        assertThat(settings.keepalive())
                .isEqualTo(new KeepaliveSettings(Duration.ofSeconds(30), Duration.ofSeconds(20)));
        assertThat(settings.tls())
                .isEqualTo(new TlsSettings(TlsSettings.Mode.VERIFY_FULL, null, null, null, null, null));
        assertThat(settings("grpc://localhost").tls()).isNull();
    }

    @Test
    void takesDefaultsFromTheEnvironment() {
        Map<String, String> environment = Map.of(
                "PGUSER", "me",
                "PGPASSWORD", "secret",
                "PGAPPNAME", "app",
                "PGPASSFILE", "/pass",
                "PGCONNECT_TIMEOUT", "7",
                "PGSSLROOTCERT", "/root",
                "PGSSLCERT", "/crt",
                "PGSSLKEY", "/key");

        ConnectSettings settings = settings("grpcs://h", environment);
        TlsSettings tls = tls("grpcs://h", environment);

        assertThat(settings.user()).isEqualTo("me");
        assertThat(settings.password()).isNotNull();
        assertThat(settings.parameters()).containsEntry("application_name", "app");
        assertThat(settings.passfile()).isEqualTo(Path.of("/pass"));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(tls.rootCertificates()).isEqualTo(Path.of("/root"));
        assertThat(tls.certificate()).isEqualTo(Path.of("/crt"));
        assertThat(tls.key()).isEqualTo(Path.of("/key"));
        assertThat(settings("grpc://localhost", environment).tls()).isNull();
        assertThat(settings("grpcs://you@h?application_name=x", environment).user())
                .isEqualTo("you");
        assertThat(settings("grpcs://you@h?application_name=x", environment).parameters())
                .containsEntry("application_name", "x");
    }

    @Test
    void leavesTheUserToTheCertificateIfNoneIsNamed() {
        assertThat(settings("grpcs://h?sslcert=/c&sslkey=/k").user()).isEmpty();
        assertThat(settings("grpcs://me@h?sslcert=/c&sslkey=/k").user()).isEqualTo("me");
    }

    @Test
    void neverShowsASecret() {
        ConnectSettings settings = settings("grpcs://me:hidden@h?sslpassword=hidden&sslcert=/c&sslkey=/k");

        assertThat(settings.toString()).doesNotContain("hidden");
        assertThat(settings.password()).isNotNull().extracting(Secret::reveal).isEqualTo("hidden");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "1, 2", "2, 2", "' 9 ', 9"})
    void treatsTimeoutsAsLibpqDoes(String given, long seconds) {
        assertThat(settings("grpc://localhost?connect_timeout=" + given).connectTimeout())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"65536, 65536", "64kB, 65536", "16MB, 16777216", "1GB, 1073741824", "70000B, 70000"})
    void readsWindows(String given, int bytes) {
        assertThat(Window.of(given).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"65535", "63kB", "0", "-1", "2GB", "1073741825", "9999999999GB", "1TB", "64 KB", "1e9", "x", ""})
    void refusesWindowsThatCannotBe(String given) {
        assertThatThrownBy(() -> Window.of(given))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("invalid window value: \"" + given + "\"");
    }

    @Test
    void asksTheConninfoForTheWindowFirst() {
        ConnectOptions options = ConnectOptions.of("grpc://localhost", new Latch());

        assertThat(Window.of(null).bytesFor(options)).isEqualTo(32 << 20);
        assertThat(Window.of(null).bytesFor(options.withWindowBytes(1 << 20))).isEqualTo(1 << 20);
        assertThat(Window.of("2MB").bytesFor(options.withWindowBytes(1 << 20))).isEqualTo(2 << 20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grpcs://h?sslmode=prefer | invalid sslmode value: \"prefer\" (expected: require, verify-ca or verify-full)",
                "grpcs://h?sslmode=disable | invalid sslmode value: \"disable\" (expected: require, verify-ca or verify-full)",
                "grpcs://h?sslrootcert=system&sslmode=verify-ca | weak sslmode \"verify-ca\" may not be used with"
                        + " sslrootcert=system (use \"verify-full\")",
                "grpcs://h?sslcrl=/x | sslcrl needs sslrootcert, and one that names a file",
                "grpcs://h?sslcrl=/x&sslrootcert=system | sslcrl needs sslrootcert, and one that names a file",
                "grpcs://h?sslcert=/x | sslcert and sslkey must be given together (sslcert is)",
                "grpcs://h?sslkey=/x | sslcert and sslkey must be given together (sslkey is)",
                "grpcs://h?load_balance=random | invalid load_balance value: \"random\" (expected: pick_first, round_robin)",
                "grpcs://h?connect_timeout=1s | invalid integer value \"1s\" for connection option \"connect_timeout\"",
                "grpcs://h?keepalive=9 | invalid keepalive value: \"9\" (expected: 0, or 10 seconds or more)",
                "grpcs://h?keepalive=-1 | invalid keepalive value: \"-1\" (expected: 0, or 10 seconds or more)",
                "grpcs://h?keepalive_timeout=0 | invalid keepalive_timeout value: \"0\" (expected: 1 second or more)",
                "grpcs://h?compression=lz4 | unrecognized compression algorithm: \"lz4\"",
                "grpc://localhost?sslmode=require | sslmode means nothing without TLS (use grpcs://)",
                "grpc://localhost?sslrootcert=/x | sslrootcert means nothing without TLS (use grpcs://)",
                "grpc://localhost?plaintext=on | invalid plaintext value: \"on\" (expected: yes, no)",
                "grpc://localhost,db | host \"db\" is not reached without encryption (use grpcs://, or say plaintext=yes)",
            })
    void refuses(String conninfo, String message) {
        assertThatThrownBy(() -> new GrpcReceiverTransport().checkConninfo(conninfo))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grpc://localhost",
                "grpc://127.0.0.1,127.3.2.1:1,[::1]",
                "grpc://db?plaintext=yes",
                "grpcs://db?sslrootcert=system",
                "grpcs://db?sslmode=require&keepalive=0&compression=zstd:5&window=1MB&load_balance=round_robin"
            })
    void accepts(String conninfo) {
        new GrpcReceiverTransport().checkConninfo(conninfo);
    }

    @ParameterizedTest
    @CsvSource({
        "grpc://localhost, true",
        "grpc://db?plaintext=yes, false",
        "grpcs://db?sslmode=require, true",
    })
    void isStricterOnDemand(String conninfo, boolean accepted) {
        ParameterValues values = new ParameterValues(GrpcConninfo.parse(conninfo), Map.of());

        if (accepted) {
            ConnectSettings.of(values, Mode.PHYSICAL, "x", Policy.STRICT);
        } else {
            assertThatThrownBy(() -> ConnectSettings.of(values, Mode.PHYSICAL, "x", Policy.STRICT))
                    .hasMessage("host \"db\" is not reached without encryption: the policy is strict (use grpcs://)");
        }
    }

    @Test
    void sendsNoSecretInTheClearBeyondThisMachine() {
        ConnectSettings settings = settings("grpc://me:hidden@db?plaintext=yes");

        settings.checkMaySendSecret(new GrpcHost("localhost", 1));
        assertThatThrownBy(() -> settings.checkMaySendSecret(new GrpcHost("db", 1)))
                .hasMessage("a password is not sent to host \"db\" without encryption (use grpcs://)");
        settings("grpcs://me:hidden@db").checkMaySendSecret(new GrpcHost("db", 1));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LOCALHOST, true",
        "127.0.0.1, true",
        "127.9.9.9, true",
        "::1, true",
        "db, false",
        "10.0.0.1, false",
        "localhost.example, false",
        "::2, false",
        "999.0.0.1, false"
    })
    void knowsItsOwnMachine(String name, boolean isLoopback) {
        assertThat(new GrpcHost(name, 1).isLoopback()).isEqualTo(isLoopback);
    }

    @Test
    void attachesOtherModesToADatabase() {
        ParameterValues values = new ParameterValues(GrpcConninfo.parse("grpcs://me@h/db"), Map.of());
        ParameterValues unnamed = new ParameterValues(GrpcConninfo.parse("grpcs://me@h"), Map.of());

        assertThat(ConnectSettings.of(values, Mode.LOGICAL, "x", Policy.LIBPQ).database())
                .isEqualTo("db");
        assertThat(ConnectSettings.of(values, Mode.PHYSICAL, "x", Policy.LIBPQ).database())
                .isEqualTo("replication");
        assertThat(ConnectSettings.of(unnamed, Mode.SQL, "x", Policy.LIBPQ).database())
                .isEqualTo("me");
    }

    @Test
    void isFoundByItsConninfo() {
        assertThat(WalReceiverTransports.load().forConninfo("grpcs://h").name()).isEqualTo("grpc");
    }
}
