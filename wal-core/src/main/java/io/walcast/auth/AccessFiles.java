// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files in a node's home that say who may connect. All are read at once, or none is taken. Stateless.
 */
public final class AccessFiles {
    /** Which connections are let in, and how they must prove who they are. */
    public static final String HBA = "pg_hba.conf";

    /** Which name in a certificate may be which user; need not be there. */
    public static final String IDENT = "pg_ident.conf";

    private static final long MAX_BYTES = 16 << 20;
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

    private AccessFiles() {}

    /**
     * Reads {@code pg_hba.conf}, {@code pg_ident.conf} and {@code users}. The secret from which verifiers of unknown users
     * are made is kept beside them; it is made, durably, where it is missing.
     *
     * @param home the node's home
     * @param iterations what a stranger is told ({@code scram_iterations})
     * @throws ConfigurationException with file and line if anything cannot be used; nothing is then changed
     */
    public static AccessRules load(Path home, int iterations) {
        PgHba hba = PgHba.parse(required(home.resolve(HBA)), HBA);
        String ident = read(home.resolve(IDENT));
        PgIdent maps = ident == null ? PgIdent.EMPTY : PgIdent.parse(ident, IDENT);
        UsersFile users = users(home);
        return new FileAccessRules(hba, maps, users, new MockVerifiers(MockNonce.readOrCreate(home), iterations));
    }

    /**
     * Reads {@code users}.
     *
     * @throws ConfigurationException with file and line if it is missing, open to others, or not to be used
     */
    public static UsersFile users(Path home) {
        return UsersFile.parse(usersText(home), UsersFile.FILE_NAME);
    }

    /**
     * Returns the text of {@code users}.
     *
     * @throws ConfigurationException if it is missing or open to others
     */
    public static String usersText(Path home) {
        Path file = home.resolve(UsersFile.FILE_NAME);
        String text = required(file);
        requireOwnerOnly(file);
        return text;
    }

    /** Fails unless {@code file} is its owner's alone. */
    static void requireOwnerOnly(Path file) {
        Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
        try {
            open.addAll(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        open.retainAll(OTHERS);
        if (!open.isEmpty()) {
            throw new ConfigurationException(
                    SqlState.CONFIG_FILE_ERROR,
                    "file \"%s\" has group or world access; it must have permissions u=rw (0600) or less"
                            .formatted(file));
        }
    }

    private static String required(Path file) {
        String text = read(file);
        if (text == null) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE, "could not open file \"%s\": No such file or directory".formatted(file));
        }
        return text;
    }

    private static @Nullable String read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigurationException("file \"%s\" is larger than 16 MB".formatted(file));
            }
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException e) {
            return null;
        } catch (CharacterCodingException e) {
            throw new ConfigurationException("file \"%s\" is not UTF-8".formatted(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ConfigurationException unreadable(Path file, IOException e) {
        return new ConfigurationException(
                SqlState.IO_ERROR, "could not read file \"%s\": %s".formatted(file, e.getMessage()));
    }
}
