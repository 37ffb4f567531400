// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.util.List;

/**
 * A line of an authentication file that has something on it ({@code TokenizedAuthLine}).
 *
 * @param file the file's name
 * @param number the number of its first line
 * @param fields its fields; each is a list of at least one word
 */
record AuthLine(String file, int number, List<List<AuthToken>> fields) {

    /** Returns an error that names the place. */
    ConfigurationException error(String reason) {
        return new ConfigurationException(SqlState.CONFIG_FILE_ERROR, where() + reason);
    }

    /** Returns an error about something that PostgreSQL can do and we cannot. */
    ConfigurationException unsupported(String what) {
        return new ConfigurationException(SqlState.FEATURE_NOT_SUPPORTED, where() + what + " not supported");
    }

    /**
     * Returns the only word of a field.
     *
     * @throws ConfigurationException if the line is too short, or the field has several words
     */
    AuthToken single(int field, String missing, String several) {
        List<AuthToken> words = field(field, missing);
        if (words.size() > 1) {
            throw error(several);
        }
        return words.get(0);
    }

    /**
     * Returns a field.
     *
     * @throws ConfigurationException if the line is too short
     */
    List<AuthToken> field(int field, String missing) {
        if (field >= fields.size()) {
            throw error(missing);
        }
        return fields.get(field);
    }

    private String where() {
        return "%s, line %d: ".formatted(file, number);
    }
}
