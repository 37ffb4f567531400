// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

/** An error that the server reported, with its own fields and SQLSTATE. */
public final class ServerErrorException extends WalException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorFields fields;

    /** Makes one from the server's fields. */
    public ServerErrorException(ErrorFields fields) {
        this(fields, fields.message());
    }

    /** Makes one whose message says more than the server did, for example which of several servers it was. */
    public ServerErrorException(ErrorFields fields, String message) {
        super(fields.sqlState(), retryFor(fields.sqlState()), message, null);
        this.fields = fields;
    }

    /** Returns all that the server said. */
    public ErrorFields fields() {
        return fields;
    }

    private static Retry retryFor(SqlState state) {
        boolean passing = state.isClass("08") || state.isClass("53") || state.isClass("57") || state.isClass("XX");
        if (passing || state.equals(SqlState.OBJECT_IN_USE)) {
            return Retry.BACKOFF;
        }
        boolean lost = state.equals(SqlState.UNDEFINED_OBJECT)
                || state.equals(SqlState.UNDEFINED_FILE)
                || state.equals(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE);
        boolean misnamed = state.equals(SqlState.INVALID_NAME) || state.equals(SqlState.DUPLICATE_OBJECT);
        return lost || misnamed ? Retry.NEVER : Retry.SLOW;
    }
}
