// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The secret from which a node makes verifiers for strangers, 32 random bytes in hexadecimal. PostgreSQL keeps it in
 * {@code pg_control}; here it has a file of its own.
 */
final class MockNonce {
    static final String FILE_NAME = "mock_authentication_nonce";

    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}\n?");

    private MockNonce() {}

    /** Returns the secret, made now and durable if there was none. */
    static byte[] readOrCreate(Path home) {
        Path file = home.resolve(FILE_NAME);
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            return create(file);
        } catch (IOException e) {
            throw failure("read", file, e);
        }
    }

    private static byte[] create(Path file) {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        try {
            PrivateFile.replace(file, HexFormat.of().formatHex(secret) + "\n");
            return read(file); // another process may have been faster: the last one counts
        } catch (IOException e) {
            throw failure("write", file, e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        String text = new String(Files.readAllBytes(file), US_ASCII);
        AccessFiles.requireOwnerOnly(file);
        if (!FORM.matcher(text).matches()) {
            throw new ConfigurationException(
                    "file \"%s\" does not hold %d hexadecimal digits; remove it to have it made anew"
                            .formatted(file, 2 * BYTES));
        }
        return HexFormat.of().parseHex(text.strip());
    }

    private static ConfigurationException failure(String verb, Path file, IOException e) {
        return new ConfigurationException(
                SqlState.IO_ERROR, "could not %s file \"%s\": %s".formatted(verb, file, e.getMessage()));
    }
}
