// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

/** The life of a walreceiver ({@code WalRcvState}), in the words of {@code pg_stat_wal_receiver.status}. */
public enum WalRcvState {
    /** Not running. */
    STOPPED,
    /** Asked for, not yet running. */
    STARTING,
    /** Connecting to the primary, or preparing to stream. */
    CONNECTING,
    /** Receiving WAL. */
    STREAMING,
    /** At the end of a timeline, waiting to be told where to go on. */
    WAITING,
    /** Told to go on at another position. */
    RESTARTING,
    /** Asked to stop. */
    STOPPING;

    /** Returns whether a receiver may go from this state to {@code next}. */
    public boolean canMoveTo(WalRcvState next) {
        return switch (this) {
            case STOPPED -> next == STARTING;
            case STARTING -> next == CONNECTING || next == STOPPING || next == STOPPED;
            case CONNECTING -> next == STREAMING || next == WAITING || next == STOPPING;
            case STREAMING -> next == WAITING || next == STOPPING;
            case WAITING -> next == RESTARTING || next == STOPPING;
            case RESTARTING -> next == CONNECTING || next == STOPPING;
            case STOPPING -> next == STOPPED;
        };
    }
}
