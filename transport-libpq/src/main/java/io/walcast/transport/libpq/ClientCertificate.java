// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.transport.client.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the client's own certificate is, and whether it is shown.
 *
 * @param mode {@code sslcertmode}
 * @param file the certificate with those above it; null if none is named and no home directory is known
 * @param key its private key's file, or null likewise
 * @param passphrase opens the key, or null
 */
record ClientCertificate(
        Mode mode,
        @Nullable Path file,
        @Nullable Path key,
        @Nullable Secret passphrase) {

    /** Values of {@code sslcertmode}. */
    enum Mode {
        DISABLE,
        ALLOW,
        REQUIRE
    }

    static ClientCertificate of(ConninfoValues values) {
        Path file = values.path(ConninfoKeyword.SSLCERT);
        Path key = values.path(ConninfoKeyword.SSLKEY);
        String passphrase = values.get(ConninfoKeyword.SSLPASSWORD);
        String mode = values.choice(ConninfoKeyword.SSLCERTMODE, "allow", List.of("disable", "allow", "require"));
        return new ClientCertificate(
                Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
                file == null ? values.inHome(".postgresql", "postgresql.crt") : file,
                key == null ? values.inHome(".postgresql", "postgresql.key") : key,
                passphrase == null ? null : new Secret(passphrase));
    }
}
