// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A password file (PostgreSQL manual, "The Password File"): lines of {@code host:port:database:user:password}, where
 * {@code *} matches anything and a backslash takes the meaning off a colon or a backslash. The first match counts.
 *
 * @param file its path
 * @param warnings told why a file is not used
 */
public record PasswordFile(Path file, Consumer<String> warnings) {
    private static final int FIELDS_BEFORE_PASSWORD = 4;
    private static final Set<PosixFilePermission> FORBIDDEN =
            EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

    /** Returns the password of the first line that matches, or null; a file that others can read is ignored. */
    public @Nullable Secret find(String host, String port, String database, String user) {
        if (!isUsable()) {
            return null;
        }
        List<String> wanted = List.of(host, port, database, user);
        for (String line : lines()) {
            Secret password = line.startsWith("#") ? null : passwordIfMatching(line, wanted);
            if (password != null) {
                return password;
            }
        }
        return null;
    }

    private boolean isUsable() {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, PosixFileAttributes.class);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
        if (!attributes.isRegularFile()) {
            warnings.accept("password file \"%s\" is not a plain file".formatted(file));
            return false;
        }
        Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
        open.addAll(attributes.permissions());
        open.retainAll(FORBIDDEN);
        if (!open.isEmpty()) {
            warnings.accept("password file \"%s\" has group or world access; permissions should be u=rw (0600) or less"
                    .formatted(file));
        }
        return open.isEmpty();
    }

    private List<String> lines() {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            warnings.accept("could not read password file \"%s\": %s".formatted(file, e));
            return List.of();
        }
    }

    private static @Nullable Secret passwordIfMatching(String line, List<String> wanted) {
        List<String> fields = fields(line);
        if (fields.size() <= FIELDS_BEFORE_PASSWORD) {
            return null;
        }
        for (int i = 0; i < FIELDS_BEFORE_PASSWORD; i++) {
            String field = fields.get(i);
            if (!field.equals("*") && !unescaped(field).equals(wanted.get(i))) {
                return null;
            }
        }
        String password = unescaped(fields.get(FIELDS_BEFORE_PASSWORD));
        return password.isEmpty() ? null : new Secret(password);
    }

    /** Cuts at colons that no backslash protects; what follows the fifth field is not looked at. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == ':') {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
                if (c == '\\' && i + 1 < line.length()) {
                    field.append(line.charAt(++i));
                }
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private static String unescaped(String field) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            text.append(c == '\\' && i + 1 < field.length() ? field.charAt(++i) : c);
        }
        return text.toString();
    }
}
