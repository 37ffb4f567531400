// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import io.walcast.transport.WalReceiverConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways to connect that not every server knows, and those that are decided on this side alone. */
@Timeout(120)
@ParameterizedClass
@ValueSource(ints = {16, 18})
final class WaysInIT {
    @TempDir
    private static Path directory;

    @RegisterExtension
    static final RealServers servers = new RealServers(() -> directory);

    @Parameter
    private int major;

    private RealServer real;

    @BeforeEach
    void take() {
        real = servers.of(major);
    }

    private String tlsOf(String more) {
        try (WalReceiverConnection connection = real.connect(more)) {
            assertThat(connection.identifySystem().systemIdentifier()).isNotNull();
            return String.valueOf(connection.senderInfo().tls());
        }
    }

    @Test
    void beginsWithTlsAtOnce() {
        String direct = "sslnegotiation=direct sslmode=verify-full host=localhost hostaddr=127.0.0.1 sslrootcert="
                + real.certificates.certificate("ca");

        if (major >= 17) {
            assertThat(tlsOf(direct)).startsWith("TLSv1.3, ");
            assertThat(tlsOf(direct + " ssl_max_protocol_version=TLSv1.2")).startsWith("TLSv1.2, ");
            assertThat(tlsOf("user=r_scram password='Sécret 1' channel_binding=require " + direct))
                    .startsWith("TLSv1.3, ");
            assertThatThrownBy(() -> real.connect(direct + " sslrootcert=" + real.certificates.certificate("other-ca")))
                    .hasMessageContaining("SSL error: ");
        } else {
            assertThatThrownBy(() -> real.connect(direct))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("SSL error: ");
        }
    }

    @Test
    void doesNotAskForTlsOnASocketOfThisMachine() {
        try (WalReceiverConnection connection = socket("sslmode=require sslnegotiation=direct", options -> options)) {
            assertThat(connection.senderInfo().tls()).isNull();
        }
    }

    private WalReceiverConnection socket(String more, UnaryOperator<io.walcast.transport.ConnectOptions> change) {
        String conninfo =
                "host=%s port=%d user=postgres %s".formatted(real.server.socketDirectory(), real.server.port(), more);
        return new LibpqReceiverTransport().connect(change.apply(real.options(conninfo)));
    }

    @Test
    void asksForTheProtocolsVersion() {
        assertThat(tlsOf("max_protocol_version=3.2")).startsWith("TLSv1.3, ");
        if (major >= 18) {
            assertThat(tlsOf("min_protocol_version=3.2")).startsWith("TLSv1.3, ");
        } else {
            assertThatThrownBy(() -> real.connect("min_protocol_version=3.2"))
                    .isInstanceOf(WalException.class)
                    .hasMessageEndingWith(
                            "protocol version not supported by server: client uses 3.2, server supports up to 3.0");
        }
    }

    @Test
    void looksWhoseServerItIs() throws Exception {
        String owner = Files.getOwner(real.server.socketDirectory().resolve(".s.PGSQL." + real.server.port()))
                .getName();

        socket("requirepeer=" + owner, options -> options).close();
        assertThatThrownBy(() -> socket("requirepeer=stranger", options -> options))
                .isInstanceOf(ConnectionException.class)
                .hasMessage(
                        "connection to server on socket \"%s/.s.PGSQL.%d\" failed: requirepeer specifies \"stranger\", but actual peer user name is \"%s\"",
                        real.server.socketDirectory(), real.server.port(), owner);
        real.connect("requirepeer=stranger").close();
    }

    @Test
    void findsEverythingInAService() throws Exception {
        Path file = Files.writeString(
                directory.resolve("service"),
                "[archive]\nhost=127.0.0.1\nport=%d\nuser=r_scram\npassword=Sécret 1\nsslmode=require\ndbname=x\n"
                        .formatted(real.server.port()));

        try (WalReceiverConnection connection = new LibpqReceiverTransport()
                .connect(real.options("service=archive")
                        .withEnvironment(Map.of("PGSERVICEFILE", file.toString(), "PGUSER", "nobody")))) {
            assertThat(connection.senderInfo().tls()).isNotNull();
            assertThat(connection.senderInfo().port()).isEqualTo(real.server.port());
        }
    }

    @Test
    void balancesOverTheHosts() {
        TreeSet<String> used = new TreeSet<>();
        for (int i = 0; i < 100 && used.size() < 2; i++) {
            try (WalReceiverConnection connection = real.connect(
                    "host=one,two hostaddr=127.0.0.1,127.0.0.1 load_balance_hosts=random sslmode=disable")) {
                used.add(connection.senderInfo().host());
            }
        }
        assertThat(used).containsExactly("one", "two");
    }

    @Test
    void insistsOnShowingItsCertificate() {
        String own = " sslcert=%s sslkey=%s"
                .formatted(real.certificates.certificate("client"), real.certificates.key("client"));

        assertThat(tlsOf("sslcertmode=require" + own)).startsWith("TLSv1.3, ");
        assertThatThrownBy(() -> real.connect("sslcertmode=require sslmode=require"))
                .hasMessageEndingWith("failed: server accepted connection without a valid SSL certificate");
        assertThatThrownBy(() -> real.connect("sslcertmode=require sslmode=disable" + own))
                .hasMessageEndingWith("failed: server did not request an SSL certificate");
        assertThatThrownBy(() -> real.connect("user=r_cert sslcert=/nope"))
                .as("a certificate that is not there is none")
                .isInstanceOf(ServerErrorException.class);
    }

    @Test
    void aCertificateIsNoAnswerToADemandForAnother() {
        String own = "user=r_cert sslcert=%s sslkey=%s "
                .formatted(real.certificates.certificate("client"), real.certificates.key("client"));

        assertThat(tlsOf(own + "require_auth=none")).startsWith("TLSv1.3, ");
        assertThatThrownBy(() -> real.connect(own + "require_auth=scram-sha-256"))
                .hasMessageEndingWith("server did not complete authentication");
        assertThatThrownBy(() -> new LibpqReceiverTransport()
                        .connect(real.options("host=127.0.0.1 port=%d user=postgres".formatted(real.server.port()))
                                .withEnvironment(Map.of("PGREQUIREAUTH", "scram-sha-256"))))
                .hasMessageEndingWith("server did not complete authentication");
    }
}
