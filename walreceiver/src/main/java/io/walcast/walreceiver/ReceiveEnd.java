// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

/** Why a session came to an end in good order. */
public enum ReceiveEnd {
    /** Somebody called {@link WalReceiverSession#stop}. */
    STOP_REQUESTED,
    /** WAL after the configured end position has been received. */
    END_POSITION,
    /** The server shuts down; all it sent is on disk and was confirmed. */
    SERVER_SHUTDOWN
}
