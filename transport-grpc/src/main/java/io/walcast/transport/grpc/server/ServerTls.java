// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.netty.GrpcSslContexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.walcast.core.error.ConfigurationException;
import io.walcast.tls.CertificateTrust;
import io.walcast.tls.KeyMatch;
import io.walcast.tls.PemFile;
import io.walcast.tls.PrivateKeyFile;
import io.walcast.transport.ListenOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * The server's certificate and key, and whom it trusts, as they were when the files were read last: connections made from
 * then on use them.
 *
 * <p>Safe for use from any thread.
 */
final class ServerTls extends SslContext {
    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

    /** Written by whoever reloads, read by the event loops. */
    private volatile SslContext current;

    private ServerTls(SslContext current) {
        this.current = current;
    }

    /**
     * Reads the files.
     *
     * @throws ConfigurationException if they cannot be used
     */
    static ServerTls of(ListenOptions.Tls files, ServerSettings settings) {
        return new ServerTls(read(files, settings));
    }

    /**
     * Reads other files.
     *
     * @throws ConfigurationException if they cannot be used; what was in use stays in use
     */
    void use(ListenOptions.Tls files, ServerSettings settings) {
        current = read(files, settings);
    }

    private static SslContext read(ListenOptions.Tls files, ServerSettings settings) {
        int lowest = VERSIONS.indexOf(files.minVersion());
        if (lowest < 0) {
            throw new ConfigurationException(
                    "ssl_min_protocol_version: '%s' (expected: one of %s)".formatted(files.minVersion(), VERSIONS));
        }
        List<X509Certificate> chain = PemFile.certificates(files.certificate());
        PrivateKey key = PrivateKeyFile.read(files.key());
        try {
            KeyMatch.require(key, chain.get(0), files.key());
            SslContextBuilder builder = GrpcSslContexts.configure(
                            SslContextBuilder.forServer(key, chain.toArray(new X509Certificate[0])), SslProvider.JDK)
                    .protocols(VERSIONS.subList(lowest, VERSIONS.size()));
            Path authorities = files.clientAuthorities();
            if (authorities != null) {
                builder.trustManager(CertificateTrust.of(authorities, files.revoked()))
                        .clientAuth(settings.isCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
            } else if (settings.isCertificateRequired()) {
                throw new ConfigurationException("grpcs: client certificates are required, and ssl_ca_file is not set"
                        + " (set it, or set grpc.client_certificate to optional)");
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigurationException("could not set up SSL: " + e.getMessage());
        }
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return current.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // the superclass asks for it
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return current.newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return current.newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current.sessionContext();
    }
}
