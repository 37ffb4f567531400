// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConnectionException;
import io.walcast.testkit.TestCertificates;
import io.walcast.tls.ServerEndPoint;
import io.walcast.transport.libpq.AuthSettings.ChannelBinding;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What depends on a server's certificate; keytool makes them, which takes a while. */
final class CertificateRulesIT {
    @TempDir
    private static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(directory)
                .authority("ca")
                .signed("sha256", "ca", "CN=db.example.org", "-keyalg", "EC", "-sigalg", "SHA256withECDSA")
                .signed(
                        "sha384",
                        "ca",
                        "CN=second, O=x, CN=*.example.org",
                        "-keyalg",
                        "EC",
                        "-sigalg",
                        "SHA384withECDSA")
                .signed(
                        "names",
                        "ca",
                        "CN=db.example.org",
                        "-keyalg",
                        "EC",
                        "-ext",
                        "san=dns:a.example.org,ip:127.0.0.1")
                .signed("address", "ca", "CN=db.example.org", "-keyalg", "EC", "-ext", "san=ip:::1");
        certificates.selfSigned("ed25519", "-keyalg", "Ed25519");
        certificates.selfSigned("pss", "-keyalg", "RSASSA-PSS", "-keysize", "2048", "-sigalg", "RSASSA-PSS");
        certificates.selfSigned("sha1", "-keyalg", "RSA", "-keysize", "2048", "-sigalg", "SHA1withRSA");
    }

    private static X509Certificate certificate(String alias) {
        return (X509Certificate) certificates.chain(alias).get(0);
    }

    @ParameterizedTest
    @CsvSource({"sha256, SHA-256", "sha384, SHA-384", "sha1, SHA-256"})
    void hashesACertificateWithTheHashOfItsSignature(String alias, String hash) throws Exception {
        X509Certificate certificate = certificate(alias);

        assertThat(ServerEndPoint.hash(certificate))
                .isEqualTo(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
    }

    @Test
    void findsTheHashOfAPssSignature() throws Exception {
        X509Certificate certificate = certificate("pss");
        byte[] hash = ServerEndPoint.hash(certificate);

        assertThat(hash).isNotNull();
        assertThat(Arrays.asList("SHA-256", "SHA-384", "SHA-512"))
                .anySatisfy(algorithm -> assertThat(
                                MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()))
                        .isEqualTo(hash));
    }

    @Test
    void doesNotBindLessThanWasDemanded() {
        TlsSession tls = new TlsSession("TLSv1.3", certificate("ed25519"), false, false);

        assertThat(ServerEndPoint.hash(tls.serverCertificate())).isNull();
        assertThatThrownBy(() -> ScramBinding.choose(ChannelBinding.REQUIRE, tls, true, true))
                .isInstanceOf(ConnectionException.class)
                .hasMessageStartingWith("no channel-binding data for certificate algorithm Ed");
        assertThat(ScramBinding.choose(ChannelBinding.PREFER, tls, true, true).header())
                .isEqualTo("n,,");
    }

    @Test
    void saysWhatItThinksOfTheServersChannelBinding() {
        TlsSession tls = new TlsSession("TLSv1.3", certificate("sha256"), false, false);

        assertThat(ScramBinding.choose(ChannelBinding.PREFER, tls, true, true).header())
                .isEqualTo("p=tls-server-end-point,,");
        assertThat(ScramBinding.choose(ChannelBinding.PREFER, tls, true, false).header())
                .isEqualTo("y,,");
        assertThat(ScramBinding.choose(ChannelBinding.DISABLE, tls, true, true).header())
                .isEqualTo("n,,");
        assertThat(ScramBinding.choose(ChannelBinding.PREFER, null, true, false).header())
                .isEqualTo("n,,");
        assertThatThrownBy(() -> ScramBinding.choose(ChannelBinding.REQUIRE, tls, true, false))
                .hasMessageContaining("did not offer an authentication method that supports channel binding");
    }

    @ParameterizedTest
    @CsvSource({
        "sha256, db.example.org, ",
        "sha256, DB.Example.Org, ",
        "sha256, x.example.org, 'server certificate for \"db.example.org\" does not match host name \"x.example.org\"'",
        "sha384, x.example.org, ",
        "sha384, x.y.example.org, 'server certificate for \"*.example.org\" does not match host name \"x.y.example.org\"'",
        "names, a.example.org, ",
        "names, 127.0.0.1, ",
        "names, db.example.org, 'server certificate for \"a.example.org\" (and 1 other name) does not match host name \"db.example.org\"'",
        "names, 127.0.0.2, 'server certificate for \"a.example.org\" (and 1 other name) does not match host name \"127.0.0.2\"'",
        "address, db.example.org, ",
        "address, ::1, ",
        "address, 0:0:0:0:0:0:0:1, ",
        "sha256, , host name must be specified for a verified SSL connection",
    })
    void comparesNamesAsLibpqDoes(String alias, @Nullable String host, @Nullable String objection) {
        if (objection == null) {
            assertThat(ServerNameCheck.objection(certificate(alias), host)).isNull();
        } else {
            assertThat(ServerNameCheck.objection(certificate(alias), host)).isEqualTo(objection);
        }
    }
}
