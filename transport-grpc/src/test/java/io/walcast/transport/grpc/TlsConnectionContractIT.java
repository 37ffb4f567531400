// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.walcast.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Both ends show a certificate. */
final class TlsConnectionContractIT extends ConnectionContract {
    @TempDir
    private static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(directory)
                .authority("authority")
                .signed("server", "authority", "CN=server", "-ext", "san=ip:127.0.0.1", "-keyalg", "EC")
                .signed("client", "authority", "CN=client", "-keyalg", "EC");
        certificates.certificate("authority");
        certificates.certificate("client");
        certificates.key("client");
    }

    @Override
    NettyServerBuilder prepare(NettyServerBuilder builder) {
        try {
            SslContext tls = GrpcSslContexts.configure(
                            SslContextBuilder.forServer(
                                    certificates.certificate("server").toFile(),
                                    certificates.key("server").toFile()),
                            SslProvider.JDK)
                    .trustManager(certificates.certificate("authority").toFile())
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
            return builder.sslContext(tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    String conninfo(int port) {
        return "grpcs://127.0.0.1:%d/?sslrootcert=%s&sslcert=%s&sslkey=%s"
                .formatted(
                        port,
                        directory.resolve("authority.crt"),
                        directory.resolve("client.crt"),
                        directory.resolve("client.key"));
    }
}
