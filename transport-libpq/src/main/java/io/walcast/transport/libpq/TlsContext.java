// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.tls.KeyMatch;
import io.walcast.tls.PemFile;
import io.walcast.tls.PrivateKeyFile;
import io.walcast.transport.client.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The keys and certificates of a client, by libpq's conventions for files. Immutable.
 *
 * <p>Whom it trusts says {@link ServerTrust}. The name in the certificate is not looked at here, see
 * {@link ServerNameCheck}.
 */
final class TlsContext {
    /** What both ends of a connection call PostgreSQL's protocol in the handshake. */
    static final String APPLICATION_PROTOCOL = "postgresql";

    private static final long CLOSE_NOTIFY_MS = 500;

    private final SslContext context;
    private final ClientKey own;

    private TlsContext(SslContext context, ClientKey own) {
        this.context = context;
        this.own = own;
    }

    static TlsContext of(TlsSettings settings) {
        try {
            ClientKey own = clientKey(settings.certificate());
            SslContext context = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .endpointIdentificationAlgorithm(null)
                    .protocols(settings.versions())
                    .trustManager(ServerTrust.of(settings))
                    .keyManager(own)
                    .build();
            return new TlsContext(context, own);
        } catch (GeneralSecurityException | SSLException e) {
            throw new ConfigurationException("could not set up SSL: " + e.getMessage());
        }
    }

    /** A certificate that is not there is none, even if it was named, as for libpq: the server decides. */
    private static ClientKey clientKey(ClientCertificate settings) throws GeneralSecurityException {
        Path file = settings.file();
        if (settings.mode() == ClientCertificate.Mode.DISABLE || file == null || !Files.exists(file)) {
            return ClientKey.none();
        }
        List<X509Certificate> chain = PemFile.certificates(file);
        Path key = settings.key();
        if (key == null || !Files.exists(key)) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE, "certificate present, but not private key file \"%s\"".formatted(key));
        }
        PrivateKey secret = PrivateKeyFile.read(key, revealed(settings.passphrase()));
        KeyMatch.require(secret, chain.get(0), key);
        return new ClientKey(secret, chain);
    }

    private static char @Nullable [] revealed(@Nullable Secret passphrase) {
        return passphrase == null ? null : passphrase.reveal().toCharArray();
    }

    /** Returns whether the server of the newest handler has asked for a certificate. */
    boolean isCertificateAsked() {
        return own.isAsked();
    }

    /** Returns a handler for one connection; {@code serverName} is told to the server if it is a name. */
    SslHandler newHandler(ByteBufAllocator allocator, @Nullable String serverName) {
        own.reset();
        SslHandler handler = context.newHandler(allocator);
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setApplicationProtocols(new String[] {APPLICATION_PROTOCOL});
        if (serverName != null && !serverName.isEmpty() && !AddressLookup.isNumeric(serverName)) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MS);
        return handler;
    }
}
