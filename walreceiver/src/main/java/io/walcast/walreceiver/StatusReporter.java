// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.ipc.Clock;
import io.walcast.transport.WalReceiverConnection;
import java.util.concurrent.TimeUnit;

/**
 * Decides when a status update goes out and what it says ({@code XLogWalRcvSendReply}).
 *
 * <p>What it says never falls while one stream is on, the flush position is never after the write position, and no
 * position comes from anywhere but the segment files. Replies on request are merged to one in ten milliseconds.
 *
 * <p>Threading: confined to the receiver thread.
 */
final class StatusReporter {
    /** No wake-up. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long MIN_REPLY_GAP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final WalReceiverConnection connection;
    private final WalReceiverConfig config;
    private final Clock clock;
    private final long intervalNs;

    private Lsn write;
    private Lsn flush;
    private Lsn sentWrite = Lsn.INVALID;
    private Lsn sentFlush = Lsn.INVALID;
    private long lastSentNs;
    private boolean replyOwed;
    private boolean pingOwed;
    private boolean refused;

    /** Starts a stream; everything before {@code floor} is durable already. */
    StatusReporter(WalReceiverConnection connection, WalReceiverConfig config, Clock clock, Lsn floor) {
        this.connection = connection;
        this.config = config;
        this.clock = clock;
        intervalNs = config.statusInterval().toNanos();
        write = floor;
        flush = floor;
        lastSentNs = clock.nanoTime() - MIN_REPLY_GAP_NS;
    }

    /** Takes the positions to report from now on. */
    void advance(Lsn written, Lsn flushed) {
        flush = Lsn.max(flush, flushed);
        write = Lsn.max(Lsn.max(write, written), flush);
    }

    /** A reply is owed: the server asked for it. */
    void oweReply() {
        replyOwed = true;
    }

    /** A reply is owed once nothing was sent for {@code quietNs}. */
    void oweReplyAfter(long quietNs) {
        replyOwed |= clock.nanoTime() - lastSentNs >= quietNs;
    }

    /** The server has been silent: ask it for a sign of life. */
    void owePing() {
        pingOwed = true;
    }

    /** Sends what is due: progress, a reply that is owed, or the status of the interval. */
    void sendIfDue() {
        long nowNs = clock.nanoTime();
        boolean progress = config.reportFlush() && flush.isAfter(sentFlush);
        progress |= config.flushPolicy() == FlushPolicy.EVERY_BURST && write.isAfter(sentWrite);
        boolean onRequest = (replyOwed || pingOwed) && nowNs - lastSentNs >= MIN_REPLY_GAP_NS;
        boolean onInterval = intervalNs > 0 && nowNs - lastSentNs >= intervalNs;
        if (progress || onRequest || onInterval) {
            send(nowNs);
        }
    }

    /** Sends a status update now, whatever was sent before. */
    void sendNow() {
        send(clock.nanoTime());
    }

    private void send(long nowNs) {
        Lsn reportedFlush = config.reportFlush() ? flush : Lsn.INVALID;
        refused = !connection.send(new StatusUpdate(write, reportedFlush, Lsn.INVALID, clock.now(), pingOwed));
        if (!refused) {
            sentWrite = write;
            sentFlush = flush;
            lastSentNs = nowNs;
            replyOwed = false;
            pingOwed = false;
        }
    }

    /** Returns how long until {@link #sendIfDue} has to be called again, {@link #NEVER} if only progress can cause it. */
    long nextDueNs() {
        long sinceNs = clock.nanoTime() - lastSentNs;
        if (refused) {
            return intervalNs > 0 ? intervalNs : NEVER; // the latch is set when there is room
        }
        if (replyOwed || pingOwed) {
            return Math.max(0, MIN_REPLY_GAP_NS - sinceNs);
        }
        return intervalNs > 0 ? Math.max(0, intervalNs - sinceNs) : NEVER;
    }
}
