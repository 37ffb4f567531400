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

    static Answer of(String action, WalException e) {
        return new Answer(action, e.sqlState().code(), String.valueOf(e.getMessage()));
    }
}
