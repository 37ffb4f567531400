// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the lists of revoked certificates are.
 *
 * @param file file of lists ({@code sslcrl}), or null
 * @param fileNamed whether that file was named, so that it has to exist
 * @param directory directory of lists as {@code openssl rehash} leaves it ({@code sslcrldir}), or null
 */
record Revocations(
        @Nullable Path file, boolean fileNamed, @Nullable Path directory) {
    private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}\\.r[0-9]+");

    /** Without a name the file in the home directory counts if it is there, unless {@code systemRoots} are trusted. */
    static Revocations of(ConninfoValues values, boolean systemRoots) {
        Path file = values.path(ConninfoKeyword.SSLCRL);
        Path directory = values.path(ConninfoKeyword.SSLCRLDIR);
        boolean byDefault = file == null && directory == null && !systemRoots;
        return new Revocations(byDefault ? values.inHome(".postgresql", "root.crl") : file, file != null, directory);
    }

    /** Returns the lists, or null if none are to be looked at; none at all refuse every certificate, as with OpenSSL. */
    @Nullable
    List<X509CRL> lists() {
        Path inFile = file == null || (!fileNamed && !Files.exists(file)) ? null : file;
        if (inFile == null && directory == null) {
            return null;
        }
        List<X509CRL> lists = new ArrayList<>(inFile == null ? List.of() : PemFile.revocationLists(inFile));
        for (Path hashed : directory == null ? List.<Path>of() : hashed(directory)) {
            lists.addAll(PemFile.revocationLists(hashed));
        }
        return lists;
    }

    private static List<Path> hashed(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file ->
                            HASHED.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE, "could not open directory \"%s\"".formatted(directory));
        }
    }
}
