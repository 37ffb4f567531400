// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import io.walcast.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The maps of a {@code pg_ident.conf}: which name in a certificate may be which user. Immutable. */
final class PgIdent {
    /** No map at all. */
    static final PgIdent EMPTY = new PgIdent(List.of());

    private static final String BACK_REFERENCE = "\\1";

    private final List<Entry> entries;

    private PgIdent(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * Reads the maps.
     *
     * @param file the file's name, for errors
     * @throws ConfigurationException with file and line if a line cannot be used
     */
    static PgIdent parse(String text, String file) {
        List<Entry> entries = new ArrayList<>();
        for (AuthLine line : AuthLineReader.read(text, file)) {
            entries.add(entry(line));
        }
        return new PgIdent(List.copyOf(entries));
    }

    private static Entry entry(AuthLine line) {
        String missing = "missing entry at end of line";
        String several = "multiple values in ident field";
        String map = line.single(0, missing, several).text();
        String system = line.single(1, missing, several).text();
        AuthToken user = line.single(2, missing, several);
        if (!user.quoted() && user.text().startsWith("+")) {
            throw line.unsupported("membership of a role (\"" + user.text() + "\") is");
        }
        if (user.text().startsWith("/")) {
            throw line.unsupported("a regular expression for a user (\"" + user.text() + "\") is");
        }
        if (!system.startsWith("/")) {
            return new Entry(map, system, null, user);
        }
        try {
            Pattern expression = Pattern.compile(system.substring(1));
            if (user.text().contains(BACK_REFERENCE) && expression.matcher("").groupCount() == 0) {
                throw line.error(
                        "regular expression \"%s\" has no subexpressions as requested by backreference in \"%s\""
                                .formatted(system.substring(1), user.text()));
            }
            return new Entry(map, system, expression, user);
        } catch (PatternSyntaxException e) {
            throw line.error("invalid regular expression \"" + system.substring(1) + "\": " + e.getDescription());
        }
    }

    /** Returns whether {@code map} lets who has {@code name} in its certificate be {@code user}. */
    boolean fits(String map, String name, String user) {
        return entries.stream().anyMatch(entry -> entry.map.equals(map) && entry.fits(name, user));
    }

    /** Returns the users whom the maps name for {@code name}, whatever the map. */
    List<String> users(String name) {
        return entries.stream()
                .map(entry -> entry.user(name))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    private record Entry(
            String map, String system, @Nullable Pattern expression, AuthToken user) {

        boolean fits(String name, String wanted) {
            return user.isKeyword("all")
                    ? isSystem(name)
                    : user(name).filter(wanted::equals).isPresent();
        }

        private boolean isSystem(String name) {
            return expression == null
                    ? system.equals(name)
                    : expression.matcher(name).find();
        }

        /** Returns the user that is meant for {@code name}; none if the entry is for others, or for all users. */
        Optional<String> user(String name) {
            if (user.isKeyword("all")) {
                return Optional.empty();
            }
            if (expression == null) {
                return system.equals(name) ? Optional.of(user.text()) : Optional.empty();
            }
            Matcher matcher = expression.matcher(name);
            if (!matcher.find()) {
                return Optional.empty();
            }
            int reference = user.text().indexOf(BACK_REFERENCE);
            if (reference < 0) {
                return Optional.of(user.text());
            }
            String group = matcher.group(1);
            return Optional.of(user.text().substring(0, reference)
                    + (group == null ? "" : group)
                    + user.text().substring(reference + BACK_REFERENCE.length()));
        }
    }
}
