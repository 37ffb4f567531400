// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two keys that guard nothing, in the forms that OpenSSL 3 writes them in; where they are sealed, with {@code geheim}. */
final class PrivateKeyFormsTest {
    @TempDir
    private Path directory;

    private PrivateKey read(String name, @Nullable String passphrase) throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/keys/" + name), name)) {
            return read(in.readAllBytes(), passphrase);
        }
    }

    private PrivateKey read(byte[] content, @Nullable String passphrase) throws IOException {
        Path file = Files.write(directory.resolve("key"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return PrivateKeyFile.read(file, passphrase == null ? null : passphrase.toCharArray());
    }

    private static Object number(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec-sec1.pem", "ec-sec1.der", "ec-pkcs8.der"})
    void readsAnOpenKey(String name) throws IOException {
        assertThat(number(read(name, null))).isEqualTo(number(read("ec-pkcs8.pem", null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-pkcs1.pem", "rsa-pkcs1.der"})
    void readsAnOpenRsaKey(String name) throws IOException {
        assertThat(number(read(name, null))).isEqualTo(number(read("rsa-pkcs8.pem", null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ec-sec1-aes128.pem",
                "ec-sec1-aes192.pem",
                "ec-sec1-aes256.pem",
                "ec-sec1-des3.pem",
                "ec-pkcs8-aes128.pem",
                "ec-pkcs8-aes192.pem",
                "ec-pkcs8-aes256.pem",
                "ec-pkcs8-des3.pem",
                "ec-pkcs8-sha1.pem",
                "ec-pkcs8-sha512.pem",
                "ec-pkcs8-pbes1.pem",
                "rsa-pkcs1-aes256.pem"
            })
    void opensASealedKey(String name) throws IOException {
        String same = name.startsWith("rsa") ? "rsa-pkcs8.pem" : "ec-pkcs8.pem";

        assertThat(number(read(name, "geheim"))).isEqualTo(number(read(same, null)));
        assertThatThrownBy(() -> read(name, "hunter2"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("could not load private key file \"%s\"", directory.resolve("key"));
        assertThatThrownBy(() -> read(name, null)).hasMessageEndingWith("needs sslpassword");
    }

    @Test
    void refusesAKeyThatIsDerivedOtherwise() {
        assertThatThrownBy(() -> read("ec-pkcs8-scrypt.pem", "geheim"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("could not load private key file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec-pkcs8-des3.pem", "ec-sec1-aes256.pem", "ec-pkcs8.der"})
    void refusesEveryPieceOfAKey(String name) throws IOException {
        byte[] whole;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/keys/" + name), name)) {
            whole = in.readAllBytes();
        }
        for (int length = 0; length < whole.length - 1; length++) {
            byte[] piece = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(piece, "geheim")).isInstanceOf(ConfigurationException.class);
        }
    }
}
