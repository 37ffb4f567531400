// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a private key: PKCS#8, PKCS#1 and SEC 1, as PEM or without it, and sealed with a passphrase if it is PEM. A file that others may read is refused, as libpq
 * and PostgreSQL do.
 */
public final class PrivateKeyFile {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");
    private static final Set<PosixFilePermission> FORBIDDEN =
            EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);
    private static final Set<PosixFilePermission> FORBIDDEN_TO_ROOT =
            EnumSet.range(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private PrivateKeyFile() {}

    /**
     * Returns the key in {@code file}, which needs no passphrase.
     *
     * @throws ConfigurationException if there is none, or others may read it
     */
    public static PrivateKey read(Path file) {
        return read(file, null);
    }

    /**
     * Returns the key in {@code file}.
     *
     * @param passphrase what the key may be sealed with; null if none is known
     * @throws ConfigurationException if there is none, or others may read it
     */
    public static PrivateKey read(Path file, char @Nullable [] passphrase) {
        checkPermissions(file);
        try {
            List<PemFile.Block> blocks = PemFile.blocks(file);
            for (PemFile.Block block : blocks) {
                PrivateKey key = inBlock(block, file, passphrase);
                if (key != null) {
                    return key;
                }
            }
            if (blocks.isEmpty()) {
                return withoutPem(PemFile.read(file).getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigurationException("could not load private key file \"%s\"".formatted(file));
        }
        throw new ConfigurationException("could not load private key file \"%s\": no key in it".formatted(file));
    }

    private static @Nullable PrivateKey inBlock(PemFile.Block block, Path file, char @Nullable [] passphrase)
            throws GeneralSecurityException, IOException {
        return switch (block.label()) {
            case "PRIVATE KEY" -> key(block.bytes());
            case "ENCRYPTED PRIVATE KEY" -> key(SealedKey.openPkcs8(block.bytes(), needed(passphrase, file)));
            case "RSA PRIVATE KEY" -> key(Pkcs8.ofRsa(opened(block, file, passphrase)));
            case "EC PRIVATE KEY" -> key(Pkcs8.ofEc(opened(block, file, passphrase)));
            default -> null;
        };
    }

    private static byte[] opened(PemFile.Block block, Path file, char @Nullable [] passphrase)
            throws GeneralSecurityException {
        String sealed = block.dekInfo();
        return sealed == null ? block.bytes() : SealedKey.openPem(block.bytes(), sealed, needed(passphrase, file));
    }

    private static char[] needed(char @Nullable [] passphrase, Path file) {
        if (passphrase == null) {
            throw new ConfigurationException("private key file \"%s\" needs sslpassword".formatted(file));
        }
        return passphrase;
    }

    /** Whatever kind of key the bytes are. */
    private static PrivateKey withoutPem(byte[] der) throws GeneralSecurityException {
        try {
            return key(der);
        } catch (InvalidKeySpecException e) {
            return olderWithoutPem(der);
        }
    }

    private static PrivateKey olderWithoutPem(byte[] der) throws GeneralSecurityException {
        try {
            return key(Pkcs8.ofRsa(der));
        } catch (InvalidKeySpecException e) {
            return key(Pkcs8.ofEc(der));
        }
    }

    /** A file of this user's is for nobody else; one of root's may be read by the group. */
    private static void checkPermissions(Path file) {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, PosixFileAttributes.class);
        } catch (IOException | UnsupportedOperationException e) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE, "could not stat private key file \"%s\"".formatted(file));
        }
        if (!attributes.isRegularFile()) {
            throw new ConfigurationException(
                    SqlState.INSUFFICIENT_PRIVILEGE, "private key file \"%s\" is not a regular file".formatted(file));
        }
        Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
        open.addAll(attributes.permissions());
        open.retainAll(attributes.owner().getName().equals("root") ? FORBIDDEN_TO_ROOT : FORBIDDEN);
        if (!open.isEmpty()) {
            throw new ConfigurationException(
                    SqlState.INSUFFICIENT_PRIVILEGE,
                    ("private key file \"%s\" has group or world access; file must have permissions u=rw (0600) or less"
                                    + " if owned by the current user, or permissions u=rw,g=r (0640) or less if owned"
                                    + " by root")
                            .formatted(file));
        }
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            PrivateKey key = keyIfOf(algorithm, pkcs8);
            if (key != null) {
                return key;
            }
        }
        throw new InvalidKeySpecException("unknown kind of key");
    }

    private static @Nullable PrivateKey keyIfOf(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException e) {
            return null;
        }
    }
}
