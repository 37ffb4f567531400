// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ConfigurationException;
import io.walcast.fuzz.ParserContract;
import io.walcast.fuzz.TemporaryFile;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** Certificates and keys are decoded by the JDK; what it throws must not come through. */
final class PemFileFuzzTest {
    private static final int FIXED_BYTES = 4 << 20;

    private final TemporaryFile file = new TemporaryFile();

    @FuzzTest
    void readsCertificates(byte[] bytes) {
        Path path = file.with(bytes);
        Optional<List<X509Certificate>> certificates = ParserContract.parse(
                bytes.length, FIXED_BYTES, ConfigurationException.class, () -> PemFile.certificates(path));

        if (certificates.isPresent()) {
            assertThat(certificates.get()).isNotEmpty().doesNotContainNull();
            for (X509Certificate certificate : certificates.get()) {
                assertThat(ShownCertificate.of(sessionWith(certificate))).isNotNull();
                ServerEndPoint.hash(certificate);
            }
        }
    }

    private static SSLSession sessionWith(X509Certificate certificate) {
        return (SSLSession) Proxy.newProxyInstance(
                PemFileFuzzTest.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (session, method, arguments) -> new Certificate[] {certificate});
    }

    @FuzzTest
    void readsRevocationLists(byte[] bytes) {
        Path path = file.with(bytes);
        Optional<List<X509CRL>> lists = ParserContract.parse(
                bytes.length, FIXED_BYTES, ConfigurationException.class, () -> PemFile.revocationLists(path));

        lists.ifPresent(crls -> assertThat(crls).isNotEmpty().doesNotContainNull());
    }

    @FuzzTest
    void readsKeys(byte[] bytes) {
        Path path = file.with(bytes);
        Optional<PrivateKey> key = ParserContract.parse(
                bytes.length,
                FIXED_BYTES,
                ConfigurationException.class,
                () -> PrivateKeyFile.read(path, "secret".toCharArray()));

        key.ifPresent(read -> assertThat(read.getAlgorithm()).isNotBlank());
    }

    /** The older forms, which are wrapped here. */
    @FuzzTest
    void wrapsKeysOfOlderForms(byte[] bytes) {
        assertThat(Pkcs8.ofRsa(bytes)).endsWith(bytes);
        Optional<byte[]> wrapped =
                ParserContract.parse(bytes.length, IllegalArgumentException.class, () -> Pkcs8.ofEc(bytes));
        wrapped.ifPresent(der -> assertThat(der).startsWith(0x30).endsWith(bytes));
    }
}
