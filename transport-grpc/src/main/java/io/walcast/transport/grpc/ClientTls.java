// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.walcast.core.error.ConfigurationException;
import io.walcast.tls.CertificateTrust;
import io.walcast.tls.KeyMatch;
import io.walcast.tls.PemFile;
import io.walcast.tls.PrivateKeyFile;
import io.walcast.transport.client.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys and certificates of a client. gRPC itself has the name in the server's certificate compared with the one it was
 * called by, host by host; {@code sslmode=verify-ca} takes that back, see {@link AnyNameTrust}. Stateless.
 */
final class ClientTls {
    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    private ClientTls() {}

    /** Reads the files, and returns what they are good for. */
    static SslContext context(TlsSettings settings) {
        try {
            SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .protocols(VERSIONS);
            addTrust(settings, builder);
            addClientCertificate(settings, builder);
            return builder.build();
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("could not set up SSL: " + e.getMessage());
        }
    }

    private static void addTrust(TlsSettings settings, SslContextBuilder builder)
            throws GeneralSecurityException, IOException {
        if (!settings.checksCertificates()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            return;
        }
        TrustManagerFactory trust = CertificateTrust.of(settings.rootCertificates(), settings.revoked());
        if (settings.mode() == TlsSettings.Mode.VERIFY_FULL) {
            builder.trustManager(trust);
        } else {
            builder.trustManager(new AnyNameTrust(certificateTrust(trust)));
        }
    }

    private static X509TrustManager certificateTrust(TrustManagerFactory factory) throws GeneralSecurityException {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                return trust;
            }
        }
        throw new GeneralSecurityException("no trust in certificates");
    }

    private static void addClientCertificate(TlsSettings settings, SslContextBuilder builder)
            throws GeneralSecurityException {
        Path file = settings.certificate();
        Path key = settings.key();
        if (file != null && key != null) {
            X509Certificate[] chain = PemFile.certificates(file).toArray(new X509Certificate[0]);
            PrivateKey secret = PrivateKeyFile.read(key, revealed(settings.keyPassphrase()));
            KeyMatch.require(secret, chain[0], key);
            builder.keyManager(secret, chain);
        }
    }

    private static char @Nullable [] revealed(@Nullable Secret passphrase) {
        return passphrase == null ? null : passphrase.reveal().toCharArray();
    }
}
