// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of the users file: what {@code pg_authid} holds of a role.
 *
 * @param name the user's name ({@code rolname})
 * @param verifier of the password ({@code rolpassword}); null for a user who has none and comes by certificate or trust
 * @param replication whether the user may replicate
 */
public record UserEntry(String name, @Nullable ScramVerifier verifier, boolean replication) {
    private static final int MAX_NAME_BYTES = 63;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-][A-Za-z0-9_.@-]*");

    public UserEntry {
        requireNonNull(name, "name");
        if (!isName(name)) {
            throw new IllegalArgumentException("name: (expected: 1 to 63 bytes without control characters)");
        }
    }

    /** Returns whether a user can have that name: 1 to 63 bytes without control characters. */
    public static boolean isName(String name) {
        int bytes = name.getBytes(UTF_8).length;
        return bytes >= 1 && bytes <= MAX_NAME_BYTES && name.codePoints().noneMatch(Character::isISOControl);
    }

    /** Returns the line that says so. */
    String line() {
        boolean plain = PLAIN.matcher(name).matches() && !name.startsWith("include");
        String shown = plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
        return shown + " " + (verifier == null ? "-" : verifier.stored()) + (replication ? " replication" : "");
    }
}
