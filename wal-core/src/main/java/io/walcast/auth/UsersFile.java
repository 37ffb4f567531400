// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import io.walcast.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The users of a node, as the file {@code users} has them: one line each with the name, the SCRAM verifier or {@code -}, and
 * {@code replication} for those who may replicate. Names are quoted, and lines are commented, as in {@code pg_hba.conf}.
 * Immutable.
 */
public final class UsersFile {
    /** The file's name in a node's home. */
    public static final String FILE_NAME = "users";

    /** Nobody. */
    public static final UsersFile EMPTY = new UsersFile(Map.of());

    private static final String NO_PASSWORD = "-";
    private static final String REPLICATION = "replication";

    private final Map<String, UserEntry> users;

    private UsersFile(Map<String, UserEntry> users) {
        this.users = users;
    }

    /**
     * Reads the file.
     *
     * @param file its name, for errors, which never show a verifier
     * @throws ConfigurationException with file and line if a line cannot be used or names a user a second time
     */
    public static UsersFile parse(String text, String file) {
        Map<String, UserEntry> users = new LinkedHashMap<>();
        for (AuthLine line : AuthLineReader.read(text, file)) {
            UserEntry user = entry(line);
            if (users.putIfAbsent(user.name(), user) != null) {
                throw line.error("user \"" + user.name() + "\" is there twice");
            }
        }
        return new UsersFile(Collections.unmodifiableMap(users));
    }

    private static UserEntry entry(AuthLine line) {
        String name = line.single(0, "empty line", "multiple values specified for user name")
                .text();
        String stored = line.single(
                        1, "end-of-line before password specification", "multiple values specified for password")
                .text();
        boolean replication = false;
        for (int i = 2; i < line.fields().size(); i++) {
            for (AuthToken flag : line.fields().get(i)) {
                if (!flag.text().equals(REPLICATION)) {
                    throw line.error("invalid attribute \"" + flag.text() + "\" (expected: replication)");
                }
                replication = true;
            }
        }
        try {
            return new UserEntry(name, stored.equals(NO_PASSWORD) ? null : ScramVerifier.parse(stored), replication);
        } catch (IllegalArgumentException e) {
            throw line.error(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the user of that name, null if there is none. */
    public @Nullable UserEntry find(String name) {
        return users.get(name);
    }

    /**
     * Returns a file's text in which {@code user} takes the place of the line for the same name, or stands at the end. All
     * other lines stay as they are, comments too.
     *
     * @param text the file's text
     * @throws ConfigurationException if it cannot be read
     */
    public static String replace(String text, String file, UserEntry user) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        for (AuthLine line : AuthLineReader.read(text, file)) {
            if (entry(line).name().equals(user.name())) {
                int at = line.number() - 1;
                while (AuthLineReader.goesOn(lines.get(at)) && at + 1 < lines.size()) {
                    lines.remove(at); // the line went on below
                }
                lines.set(at, user.line());
                return String.join("\n", lines);
            }
        }
        return text + gapAfter(text) + user.line() + "\n";
    }

    /** A last line that goes on would go on with what is put behind it. */
    private static String gapAfter(String text) {
        boolean ended = text.isEmpty() || text.endsWith("\n");
        boolean goesOn = AuthLineReader.goesOn(ended && !text.isEmpty() ? text.substring(0, text.length() - 1) : text);
        return (ended ? "" : "\n") + (goesOn ? "\n" : "");
    }
}
