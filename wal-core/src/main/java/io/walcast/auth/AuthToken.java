// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

/**
 * A word of an authentication file ({@code AuthToken}).
 *
 * @param text without its quotes
 * @param quoted whether it began with one, which takes keywords their meaning
 */
record AuthToken(String text, boolean quoted) {

    /** Returns whether it is the keyword {@code word}. */
    boolean isKeyword(String word) {
        return !quoted && text.equals(word);
    }
}
