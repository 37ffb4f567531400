// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;

/** The errors of the grammar, worded as PostgreSQL words them. */
final class CommandErrors {
    private CommandErrors() {}

    static ServerErrorException syntaxError() {
        return error(SqlState.SYNTAX_ERROR, "syntax error");
    }

    /** For what the grammar takes and a check of the options does not. */
    static ServerErrorException refused(String message) {
        return error(SqlState.SYNTAX_ERROR, message);
    }

    static ServerErrorException conflictingOptions() {
        return error(SqlState.SYNTAX_ERROR, "conflicting or redundant options");
    }

    static ServerErrorException unrecognizedOption(String name) {
        return error(SqlState.INTERNAL_ERROR, "unrecognized option: " + name);
    }

    static ServerErrorException outOfRange(String message) {
        return error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, message);
    }

    static ServerErrorException tooLong(String message) {
        return error(SqlState.PROGRAM_LIMIT_EXCEEDED, message);
    }

    static ServerErrorException error(SqlState sqlState, String message) {
        return new ServerErrorException(ErrorFields.error(sqlState, message));
    }
}
