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
import java.io.IOException;
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
    private static final long CLOSE_NOTIFY_MS = 500;

    private final SslContext context;

    private TlsContext(SslContext context) {
        this.context = context;
    }

    static TlsContext of(TlsSettings settings) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .endpointIdentificationAlgorithm(null)
                    .protocols(settings.versions())
                    .trustManager(ServerTrust.of(settings));
            addClientCertificate(settings, builder);
            return new TlsContext(builder.build());
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("could not set up SSL: " + e.getMessage());
        }
    }

    private static void addClientCertificate(TlsSettings settings, SslContextBuilder builder)
            throws GeneralSecurityException, SSLException {
        Path file = settings.certificate();
        boolean wanted = settings.certificateMode() != TlsSettings.CertificateMode.DISABLE;
        if (!wanted || file == null || (!settings.certificateNamed() && !Files.exists(file))) {
            return;
        }
        List<X509Certificate> chain = PemFile.certificates(file);
        Path key = settings.key();
        if (key == null || !Files.exists(key)) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE, "certificate present, but not private key file \"%s\"".formatted(key));
        }
        PrivateKey secret = PrivateKeyFile.read(key, revealed(settings.keyPassphrase()));
        KeyMatch.require(secret, chain.get(0), key);
        builder.keyManager(secret, chain.toArray(new X509Certificate[0]));
    }

    private static char @Nullable [] revealed(@Nullable Secret passphrase) {
        return passphrase == null ? null : passphrase.reveal().toCharArray();
    }

    /** Returns a handler for one connection; {@code serverName} is told to the server if it is a name. */
    SslHandler newHandler(ByteBufAllocator allocator, @Nullable String serverName) {
        SslHandler handler = context.newHandler(allocator);
        if (serverName != null && !serverName.isEmpty() && !AddressLookup.isNumeric(serverName)) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            handler.engine().setSSLParameters(parameters);
        }
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MS);
        return handler;
    }
}
