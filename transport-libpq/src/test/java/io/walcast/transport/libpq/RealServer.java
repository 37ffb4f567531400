// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.protocol.ServerMessage;
import io.walcast.ipc.Latch;
import io.walcast.testkit.TestCertificates;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real server with a role for each way to authenticate, and connections to it. */
final class RealServer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String[] RULES = {
        "local all all trust",
        "local replication all trust",
        "host all postgres 127.0.0.1/32 trust",
        "host replication postgres 127.0.0.1/32 trust",
        "host replication r_scram 127.0.0.1/32 scram-sha-256",
        "host replication r_md5 127.0.0.1/32 md5",
        "host replication r_clear 127.0.0.1/32 password",
        "hostssl replication r_tls 127.0.0.1/32 trust",
        "hostnossl replication r_plain 127.0.0.1/32 trust",
        "hostssl replication r_cert 127.0.0.1/32 cert",
    };

    final PostgresServer server;
    final TestCertificates certificates;
    final Latch latch = new Latch();

    private RealServer(PostgresServer server, TestCertificates certificates) {
        this.server = server;
        this.certificates = certificates;
    }

    static RealServer start(int major, Path directory) {
        TestCertificates certificates = new TestCertificates(directory)
                .authority("ca")
                .authority("other-ca")
                .signed("server", "ca", "CN=ignored", "-keyalg", "RSA", "-ext", "san=dns:localhost,dns:*.example.org")
                .signed("client", "ca", "CN=r_cert", "-keyalg", "EC");
        PostgresServer server = PostgresServer.start(PostgresServer.Options.of(major)
                .withConfiguration("wal_level", "logical")
                .withHba(RULES)
                .withTls(new PostgresServer.Tls(
                        certificates.certificate("server"),
                        certificates.key("server"),
                        certificates.certificate("ca"))));
        server.execute(
                "CREATE ROLE r_scram REPLICATION LOGIN PASSWORD 'Sécret 1'",
                "CREATE ROLE r_tls REPLICATION LOGIN",
                "CREATE ROLE r_plain REPLICATION LOGIN",
                "CREATE ROLE r_cert REPLICATION LOGIN",
                "CREATE ROLE r_clear REPLICATION LOGIN PASSWORD 'clear'",
                "SET password_encryption = 'md5'; CREATE ROLE r_md5 REPLICATION LOGIN PASSWORD 'Sécret 2'");
        return new RealServer(server, certificates);
    }

    ConnectOptions options(String conninfo) {
        return ConnectOptions.of(conninfo, latch)
                .withEnvironment(Map.of())
                .withTimeout(PATIENCE)
                .withFallbackApplicationName("libpq-it");
    }

    /** Connects over TCP with these keywords besides. */
    WalReceiverConnection connect(String more) {
        return connect(more, options -> options);
    }

    WalReceiverConnection connect(String more, UnaryOperator<ConnectOptions> change) {
        String conninfo = "host=127.0.0.1 port=%d user=postgres %s".formatted(server.port(), more);
        return new LibpqReceiverTransport().connect(change.apply(options(conninfo)));
    }

    @Nullable
    ServerMessage next(WalReceiverConnection connection) {
        return new BlockingReceiver(connection, latch).receive(PATIENCE);
    }

    @Override
    public void close() {
        server.close();
    }
}
