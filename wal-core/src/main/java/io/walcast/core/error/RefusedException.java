// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

/**
 * What the peer offers contradicts what we hold, or what we hold cannot be continued: another cluster, a diverged
 * timeline, WAL that is gone at the source, a format that changed. Nothing on disk was changed; a person has to decide.
 */
public final class RefusedException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one; never retried. */
    public RefusedException(SqlState sqlState, String message) {
        super(sqlState, Retry.NEVER, message, null);
    }
}
