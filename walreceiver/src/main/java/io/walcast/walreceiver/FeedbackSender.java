// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.ipc.Clock;
import io.walcast.transport.WalReceiverConnection;

/**
 * Sends hot standby feedback, if there is any: once at the start of a stream, then on the status interval ({@code
 * XLogWalRcvSendHSFeedback}). Without an interval none is sent.
 *
 * <p>Threading: confined to the receiver thread.
 */
final class FeedbackSender {
    private final WalReceiverConnection connection;
    private final WalReceiverConfig config;
    private final Clock clock;
    private final long intervalNs;
    private boolean sent;
    private long lastSentNs;

    FeedbackSender(WalReceiverConnection connection, WalReceiverConfig config, Clock clock) {
        this.connection = connection;
        this.config = config;
        this.clock = clock;
        intervalNs = config.statusInterval().toNanos();
    }

    /** Sends what the source says if it is time; a message that is not taken is tried again at the next turn. */
    void sendIfDue() {
        FeedbackSource source = config.feedback();
        if (source == null || intervalNs == 0) {
            return;
        }
        long nowNs = clock.nanoTime();
        if (!sent || nowNs - lastSentNs >= intervalNs) {
            HotStandbyFeedback feedback = source.current();
            sent = feedback == null || connection.send(feedback);
            lastSentNs = nowNs;
        }
    }

    /** Returns how long until {@link #sendIfDue} has to be called again. */
    long nextDueNs() {
        if (config.feedback() == null || intervalNs == 0) {
            return StatusReporter.NEVER;
        }
        return sent ? Math.max(0, intervalNs - (clock.nanoTime() - lastSentNs)) : intervalNs;
    }
}
