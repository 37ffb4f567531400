// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfSignedCertificateTest {
    private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);

    @Test
    void isGoodForTheNamesForAYear() throws GeneralSecurityException {
        SelfSignedCertificate made = SelfSignedCertificate.of(List.of("localhost", "db.example.org"), NOW);
        X509Certificate certificate = certificate(made);

        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(2, "localhost"),
                        List.of(2, "db.example.org"),
                        List.of(7, "127.0.0.1"),
                        List.of(7, "0:0:0:0:0:0:0:1"));
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=db.example.org");
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(certificate.getVersion()).isEqualTo(3);
        assertThat(certificate.getSerialNumber()).isGreaterThan(BigInteger.TWO.pow(119));
        assertThatCode(() -> certificate.checkValidity(Date.from(NOW.toInstant())))
                .doesNotThrowAnyException();
        assertThatCode(() -> certificate.checkValidity(at(364))).doesNotThrowAnyException();
        assertThatThrownBy(() -> certificate.checkValidity(at(366))).isInstanceOf(CertificateExpiredException.class);
        assertThat(made.lastDay()).isEqualTo("2027-01-02");
    }

    @Test
    void isItsOwnAuthority() throws GeneralSecurityException {
        X509Certificate certificate = certificate(SelfSignedCertificate.of(List.of("localhost"), NOW));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(certificate, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW.toInstant()));

        assertThatCode(() -> CertPathValidator.getInstance("PKIX")
                        .validate(
                                CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
                                parameters))
                .doesNotThrowAnyException();
    }

    @Test
    void hasItsKey() throws GeneralSecurityException {
        SelfSignedCertificate made = SelfSignedCertificate.of(List.of("localhost"), NOW);
        String body = made.keyPem().replaceAll("-----[A-Z ]+-----|\n", "");
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(key);
        byte[] signature = signer.sign();

        signer.initVerify(certificate(made));
        assertThat(signer.verify(signature)).isTrue();
        assertThat(made.toString()).doesNotContain(body.substring(40));
    }

    @Test
    void endsAfterTheYear2049Too() throws GeneralSecurityException {
        X509Certificate certificate = certificate(SelfSignedCertificate.of(List.of("localhost"), NOW.withYear(2049)));

        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(Instant.parse("2050-01-02T03:04:05Z"));
    }

    @Test
    void namesThisMachine() {
        assertThat(SelfSignedCertificate.forThisHost().names())
                .startsWith("localhost")
                .endsWith("127.0.0.1", "::1");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10045.4.3.2, 06082a8648ce3d040302",
        "2.5.29.17, 0603551d11",
        "2.5.4.3, 0603550403",
        "1.3.127.128, 06042b7f8100"
    })
    void writesObjectIdentifiers(String dotted, String hex) {
        assertThat(HexFormat.of().formatHex(Der.oid(dotted))).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({"0, 0400", "127, 047f", "128, 048180", "255, 0481ff", "256, 04820100", "65536, 0483010000"})
    void writesLengths(int length, String hex) {
        byte[] written = Der.octets(new byte[length]);

        assertThat(HexFormat.of().formatHex(written)).startsWith(hex);
        assertThat(written).hasSize(hex.length() / 2 + length);
    }

    private static Date at(int days) {
        return Date.from(NOW.plusDays(days).toInstant());
    }

    private static X509Certificate certificate(SelfSignedCertificate made) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(made.certificatePem().getBytes(US_ASCII)));
    }
}
