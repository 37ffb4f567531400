// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

/** The caller asked for the end of what it had started: a stop during connect, for example. */
public final class CanceledException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one; {@code what} names what was canceled. */
    public CanceledException(String what) {
        super(SqlState.QUERY_CANCELED, Retry.NEVER, what, null);
    }
}
