// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.walcast.core.error.ConfigurationException;
import io.walcast.tls.CertificateTrust;
import io.walcast.tls.KeyMatch;
import io.walcast.tls.PemFile;
import io.walcast.tls.PrivateKeyFile;
import io.walcast.tls.ServerEndPoint;
import io.walcast.transport.ListenOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server's certificate and key, and whom it trusts, as they were when the files were read. Immutable. */
final class ServerTls {
    /** The name by which PostgreSQL's protocol is known to ALPN. */
    static final String PROTOCOL = "postgresql";

    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
    private static final int MOST_WAITING_BYTES = 256 << 10;
    private static final long CLOSE_NOTIFY_MS = 500;

    private final SslContext context;
    private final byte @Nullable [] endPoint;

    private ServerTls(SslContext context, byte @Nullable [] endPoint) {
        this.context = context;
        this.endPoint = endPoint;
    }

    /** Reads the files, if there are any to read. */
    static @Nullable ServerTls ofNullable(ListenOptions.@Nullable Tls files) {
        return files == null ? null : of(files);
    }

    private static ServerTls of(ListenOptions.Tls files) {
        int lowest = VERSIONS.indexOf(files.minVersion());
        if (lowest < 0) {
            throw new ConfigurationException(
                    "ssl_min_protocol_version: '%s' (expected: one of %s)".formatted(files.minVersion(), VERSIONS));
        }
        List<X509Certificate> chain = PemFile.certificates(files.certificate());
        PrivateKey key = PrivateKeyFile.read(files.key());
        try {
            KeyMatch.require(key, chain.get(0), files.key());
            SslContextBuilder builder = SslContextBuilder.forServer(key, chain.toArray(new X509Certificate[0]))
                    .sslProvider(SslProvider.JDK)
                    .protocols(VERSIONS.subList(lowest, VERSIONS.size()))
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.FATAL_ALERT,
                            SelectedListenerFailureBehavior.ACCEPT,
                            PROTOCOL));
            Path authorities = files.clientAuthorities();
            if (authorities != null) {
                builder.trustManager(CertificateTrust.of(authorities, files.revoked()))
                        .clientAuth(ClientAuth.OPTIONAL);
            }
            return new ServerTls(builder.build(), ServerEndPoint.hash(chain.get(0)));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigurationException("could not set up SSL: " + e.getMessage());
        }
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        // The deadline is the connection's, from the accept on.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MS);
        return handler;
    }

    /** Returns the hash for channel binding, or null if the certificate has none. */
    byte @Nullable [] endPoint() {
        return endPoint == null ? null : endPoint.clone();
    }

    /** What waits to be written is in memory here, so it is less. */
    WriteBufferWaterMark waterMark(ListenOptions options) {
        int high = Math.min(options.limits().sendBufferBytes(), MOST_WAITING_BYTES);
        return new WriteBufferWaterMark(high / 2, high);
    }
}
