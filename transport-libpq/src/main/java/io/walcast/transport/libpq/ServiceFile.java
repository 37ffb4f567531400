// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of connection services (PostgreSQL manual, "The Connection Service File"): sections in brackets, and below each
 * {@code keyword=value} lines without quoting. Only the section that is asked for is looked at.
 */
final class ServiceFile {
    private static final String NAME = "pg_service.conf";
    private static final int BUFFER_BYTES = 1024;
    private static final int MAX_FILE_BYTES = 16 << 20;

    /** Where libpq, as it is packaged, looks for the file of all users. */
    private static final List<Path> SYSTEM_DIRECTORIES = List.of(
            Path.of("/etc/postgresql-common"), Path.of("/etc/sysconfig/pgsql"), Path.of("/usr/local/pgsql/etc"));

    private final Path file;
    private final String service;
    private final Map<ConninfoKeyword, String> values = new EnumMap<>(ConninfoKeyword.class);
    private boolean found;

    private ServiceFile(Path file, String service) {
        this.file = file;
        this.service = service;
    }

    /**
     * Returns what {@code service} says: of the user's file, or else of the one for all users.
     *
     * @param own the user's file, or null if there is none
     * @param named whether that file was named, so that it has to exist
     * @param environment for {@code PGSYSCONFDIR}
     * @throws ConfigurationException in libpq's words
     */
    static Map<ConninfoKeyword, String> find(
            String service, @Nullable Path own, boolean named, Map<String, String> environment) {
        if (own != null && (named || Files.exists(own))) {
            ServiceFile file = new ServiceFile(own, service);
            file.read();
            if (file.found) {
                return file.values;
            }
        }
        Path common = common(environment);
        if (common != null) {
            ServiceFile file = new ServiceFile(common, service);
            file.read();
            if (file.found) {
                return file.values;
            }
        }
        throw new ConfigurationException("definition of service \"%s\" not found".formatted(service));
    }

    private static @Nullable Path common(Map<String, String> environment) {
        String directory = environment.get("PGSYSCONFDIR");
        List<Path> places = directory == null ? SYSTEM_DIRECTORIES : List.of(Path.of(directory));
        return places.stream()
                .map(place -> place.resolve(NAME))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }

    private void read() {
        String[] lines = text().split("\n", -1);
        boolean inside = false;
        for (int number = 1; number <= lines.length; number++) {
            String line = lines[number - 1];
            int newline = number < lines.length ? 1 : 0;
            if (line.length() + newline >= BUFFER_BYTES - 1) {
                throw new ConfigurationException("line %d too long in service file \"%s\"".formatted(number, file));
            }
            line = strip(line);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[")) {
                if (inside) {
                    return;
                }
                inside = decoded(line).startsWith("[" + service + "]");
                found |= inside;
            } else if (inside) {
                setting(line, number);
            }
        }
    }

    /** Bytes as characters, so that lengths are those of bytes. */
    private String text() {
        try {
            if (Files.size(file) <= MAX_FILE_BYTES) {
                return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            }
        } catch (IOException e) {
            throw new ConfigurationException(SqlState.UNDEFINED_FILE, "service file \"%s\" not found".formatted(file));
        }
        throw new ConfigurationException("service file \"%s\" is larger than 16 MB".formatted(file));
    }

    private void setting(String line, int number) {
        int equals = line.indexOf('=');
        String word = equals < 0 ? line : line.substring(0, equals);
        if (word.equals("service") && equals >= 0) {
            throw new ConfigurationException(
                    "nested service specifications not supported in service file \"%s\", line %d"
                            .formatted(file, number));
        }
        ConninfoKeyword keyword = ConninfoKeyword.of(word);
        if (equals < 0 || keyword == null) {
            throw new ConfigurationException("syntax error in service file \"%s\", line %d".formatted(file, number));
        }
        values.putIfAbsent(keyword, decoded(line.substring(equals + 1)));
    }

    private static String decoded(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String strip(String line) {
        int start = 0;
        int end = line.length();
        while (end > start && KeywordConninfo.isSpace(line.charAt(end - 1))) {
            end--;
        }
        while (start < end && KeywordConninfo.isSpace(line.charAt(start))) {
            start++;
        }
        return line.substring(start, end);
    }
}
