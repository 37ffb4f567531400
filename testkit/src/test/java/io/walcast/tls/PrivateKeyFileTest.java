// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrivateKeyFileTest {
    private static final int RSA_PKCS8_PREFIX_BYTES = 26;
    private static final byte[] P256 = HexFormat.of().parseHex("06082a8648ce3d030107");

    /** A key that guards nothing, and the same as openssl seals it with the passphrase {@code hunter2}. */
    private static final String KEY = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIdj/x5FpaNzUt+b/M/Srl5vJgVNs"
            + "nl2Lr2DonTYEZ3OhRANCAARvFitt0M1e2KjkoktctkWXn+qp9it+msoAQ6x5IP6q7fPspMpaEZPP"
            + "9qn+IoXHFL0nr7yBo8ytflOqleCNwXbq";

    private static final String SEALED_KEY =
            "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgdVt5Icoq4gQICCAAwDAYIKoZIhvcN"
                    + "AgkFADAdBglghkgBZQMEASoEEMD0DhIGT2387z3s8Be4Mu4EgZCjaivGCY0Fr3Q1vq+4OL5svuHW"
                    + "/IEp0AtvPHfk2VJxJ9ZRmOz4vykGIgczwfo8UHpMdJZTFgZlL5aR3w994m3uJy2SVczjtYDrjMmB"
                    + "LyQn/Ejclyg5L6NSvlacGzs6gkuoSrpeKq1Gn0yTX7/EN6DH6ylj/5oG/F0JrTtyPlBTaf7uXxui"
                    + "GQA+mNep2YVZVE4=";

    @TempDir
    private Path directory;

    private PrivateKey read(String label, byte[] der, @Nullable String passphrase) throws IOException {
        return PrivateKeyFile.read(
                file("before\n" + TestCertificates.pem(label, der), "rw-------"),
                passphrase == null ? null : passphrase.toCharArray());
    }

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("key"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static PrivateKey newKey(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        return generator.generateKeyPair().getPrivate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519", "RSASSA-PSS"})
    void readsPkcs8(String algorithm) throws Exception {
        PrivateKey key = newKey(algorithm);

        assertThat(read("PRIVATE KEY", key.getEncoded(), null).getEncoded()).isEqualTo(key.getEncoded());
    }

    @Test
    void readsPkcs1() throws Exception {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) newKey("RSA");
        byte[] pkcs8 = key.getEncoded();

        PrivateKey read =
                read("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, RSA_PKCS8_PREFIX_BYTES, pkcs8.length), null);

        assertThat(read).isEqualTo(key);
    }

    @Test
    void readsSec1() throws Exception {
        ECPrivateKey key = (ECPrivateKey) newKey("EC");

        PrivateKey read = read("EC PRIVATE KEY", sec1(key.getS(), true), null);

        assertThat(((ECPrivateKey) read).getS()).isEqualTo(key.getS());
        byte[] withoutCurve = sec1(key.getS(), false);
        assertThatThrownBy(() -> read("EC PRIVATE KEY", withoutCurve, null)).isInstanceOf(ConfigurationException.class);
    }

    /** SEQUENCE { 1, OCTET STRING, [0] curve }. */
    private static byte[] sec1(BigInteger s, boolean withCurve) {
        byte[] secret = new byte[32];
        byte[] bytes = s.toByteArray();
        int from = Math.max(0, bytes.length - secret.length);
        System.arraycopy(bytes, from, secret, secret.length - (bytes.length - from), bytes.length - from);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {2, 1, 1, 4, 32});
        content.writeBytes(secret);
        if (withCurve) {
            content.writeBytes(new byte[] {(byte) 0xA0, (byte) P256.length});
            content.writeBytes(P256);
        }
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.writeBytes(new byte[] {0x30, (byte) content.size()});
        der.writeBytes(content.toByteArray());
        return der.toByteArray();
    }

    @Test
    void opensAKeyWithItsPassphrase() throws Exception {
        byte[] sealed = Base64.getDecoder().decode(SEALED_KEY);

        assertThat(read("ENCRYPTED PRIVATE KEY", sealed, "hunter2").getEncoded())
                .isEqualTo(read("PRIVATE KEY", Base64.getDecoder().decode(KEY), null)
                        .getEncoded());
        assertThatThrownBy(() -> read("ENCRYPTED PRIVATE KEY", sealed, "wrong"))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .doesNotContain("wrong");
        assertThatThrownBy(() -> read("ENCRYPTED PRIVATE KEY", sealed, null)).hasMessageContaining("needs sslpassword");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"})
    void refusesWhatIsNoKey(String content) throws IOException {
        Path file = file(content, "rw-------");

        assertThatThrownBy(() -> PrivateKeyFile.read(file, null)).isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw-----w-", "rw--wx---"})
    void refusesAFileThatOthersCanUse(String mode) throws IOException {
        Path file = file("", mode);

        assertThatThrownBy(() -> PrivateKeyFile.read(file, null))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.INSUFFICIENT_PRIVILEGE))
                .hasMessageContaining("has group or world access");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThatThrownBy(() -> PrivateKeyFile.read(Path.of("/dev/zero"), null))
                .hasMessage("private key file \"/dev/zero\" is not a regular file");
        assertThatThrownBy(() -> PrivateKeyFile.read(directory.resolve("none"), null))
                .hasMessageContaining("could not stat private key file");
    }

    @Test
    void survivesEveryTruncationOfASec1Key() {
        byte[] whole = sec1(BigInteger.TEN, true);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Pkcs8.ofEc(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
