// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.transport.CloseReason;

/**
 * What becomes of a call in which something was thrown.
 *
 * @param fields what its peer is told
 * @param reason what its session is told
 */
record Ending(ErrorFields fields, CloseReason reason) {

    /** Returns it, and has it logged. */
    static Ending of(Throwable thrown, ServerContext server, Caller caller) {
        if (thrown instanceof ServerErrorException error) {
            server.log.closed(caller.address(), error.sqlState(), error.fields().message());
            return new Ending(error.fields(), CloseReason.PROTOCOL_VIOLATION);
        }
        if (thrown instanceof ProtocolViolationException violation) {
            String message = String.valueOf(violation.getMessage());
            server.log.closed(caller.address(), violation.sqlState(), message);
            return new Ending(fatal(violation.sqlState(), message), CloseReason.PROTOCOL_VIOLATION);
        }
        server.log.failure(caller.address(), thrown);
        // What a failure of storage says names files, which are no business of the peer's. All else is a broken
        // invariant of
        // ours, which ends this session, and no other.
        ErrorFields fields = thrown instanceof StorageException storage
                ? fatal(storage.sqlState(), "could not read WAL")
                : fatal(SqlState.INTERNAL_ERROR, "internal error");
        return new Ending(fields, CloseReason.ENDED_BY_SERVER);
    }

    private static ErrorFields fatal(SqlState state, String message) {
        return new ErrorFields("FATAL", state, message, null, null);
    }
}
