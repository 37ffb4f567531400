// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

/**
 * Bytes that the protocol does not allow. The connection is of no use any more; the peer may be well again at the next
 * attempt, so the hint is to back off.
 */
public final class ProtocolViolationException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one with SQLSTATE 08P01. */
    public ProtocolViolationException(String message) {
        this(SqlState.PROTOCOL_VIOLATION, message);
    }

    /** Makes one with another SQLSTATE, for example 54000 for a message above its limit. */
    public ProtocolViolationException(SqlState sqlState, String message) {
        super(sqlState, Retry.BACKOFF, message, null);
    }
}
