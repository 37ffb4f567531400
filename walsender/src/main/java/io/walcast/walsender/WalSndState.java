// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import java.util.Locale;

/** The life of a walsender ({@code WalSndState}), in {@code pg_stat_replication.state}'s words. */
enum WalSndState {
    /** Idle, or between two streams. */
    STARTUP,
    /** Sending what was there before. */
    CATCHUP,
    /** Sending what comes; never goes back to {@link #CATCHUP} within a stream. */
    STREAMING,
    /** The node is going down: the rest is sent and has to be confirmed. */
    STOPPING;

    boolean canMoveTo(WalSndState next) {
        return switch (this) {
            case STARTUP -> next == CATCHUP;
            case CATCHUP -> next == STREAMING || next == STOPPING || next == STARTUP;
            case STREAMING -> next == STOPPING || next == STARTUP;
            case STOPPING -> false;
        };
    }

    /** Returns PostgreSQL's word. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
