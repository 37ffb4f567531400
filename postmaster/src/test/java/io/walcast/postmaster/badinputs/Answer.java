// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.error.WalException;

/**
 * What the parser under test did with a case.
 *
 * @param action in the words of the file
 * @param sqlState the SQLSTATE, or empty if there was none
 * @param message the text, or empty if there was none
 */
record Answer(String action, String sqlState, String message) {

    static Answer accepted(String message) {
        return new Answer("accept", "", message);
    }

    /** Returns that the connection was given up with {@code e}, and what is done about it. */
    static Answer ended(WalException e) {
        return of(
                switch (e.retry()) {
                    case BACKOFF -> "drop connection, retry with backoff";
                    case SLOW -> "drop connection, retry once a minute";
                    case NEVER -> "stop receiver, keep files";
                },
                e);
    }

    static Answer of(String action, WalException e) {
        return new Answer(action, e.sqlState().code(), String.valueOf(e.getMessage()));
    }
}
