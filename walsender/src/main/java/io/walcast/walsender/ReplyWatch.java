// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import java.util.concurrent.TimeUnit;

/**
 * Watches over the replies of a peer that streams ({@code WalSndKeepaliveIfNecessary}, {@code WalSndCheckTimeOut}): after half of
 * {@code wal_sender_timeout} it is asked for one, after all of it the session ends.
 *
 * <p>Threading: {@link #replied} and {@link #asked} by the stream, the rest by any thread.
 */
final class ReplyWatch {
    /** A timeout that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /** The node itself may have stood still: what waits to be read is read first. */
    private static final long GRACE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** For a peer to answer when it is asked. */
    private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(1);

    // Written by the stream, read by whoever watches.
    private volatile long lastReplyNs;
    private volatile boolean waiting;
    private volatile long askedNs;

    // Written and read by the one who watches.
    private boolean overdue;
    private long overdueSinceNs;
    private boolean wokenToAsk;
    private long wokenSinceNs;

    // Written by the one who watches, read by any.
    private volatile long wokenNs;

    /** Begins at {@code nowNs}, as if the peer had just replied. */
    ReplyWatch(long nowNs) {
        lastReplyNs = nowNs;
        wokenNs = nowNs;
    }

    /** Takes note of a message from the peer. */
    void replied(long nowNs) {
        lastReplyNs = nowNs;
        waiting = false;
    }

    /** Counts from {@code nowNs} on, whatever was before: another timeout holds. */
    void beginAgain(long nowNs) {
        lastReplyNs = nowNs;
    }

    /** Takes note that the peer was asked for a reply. */
    void asked(long nowNs) {
        askedNs = nowNs;
        waiting = true;
    }

    /** Returns whether the peer was asked and has not replied since. */
    boolean isWaiting() {
        return waiting;
    }

    /** Returns whether the peer has to be asked now. */
    boolean askIsDue(long nowNs, long timeoutNs) {
        return timeoutNs > 0 && !waiting && nowNs - lastReplyNs >= timeoutNs / 2;
    }

    /** Returns whether somebody has to be woken to ask the peer: once after each of its replies. */
    boolean wakeToAsk(long nowNs, long timeoutNs) {
        long sinceNs = lastReplyNs;
        if (!askIsDue(nowNs, timeoutNs) || (wokenToAsk && wokenSinceNs == sinceNs)) {
            return false;
        }
        wokenToAsk = true;
        wokenSinceNs = sinceNs;
        wokenNs = nowNs;
        return true;
    }

    /**
     * Returns whether the peer was silent for so long that it may have gone: it was asked for a reply a second ago, or there has
     * been no way to ask it. With a short timeout it is a quarter of that.
     */
    boolean isSilent(long nowNs, long timeoutNs) {
        long lastNs = lastReplyNs;
        if (timeoutNs <= 0 || nowNs - lastNs < timeoutNs / 2) {
            return false;
        }
        long triedNs = waiting ? askedNs : wokenNs;
        boolean tried = waiting || triedNs - lastNs >= timeoutNs / 2;
        return tried && nowNs - triedNs >= Math.min(ANSWER_NS, timeoutNs / 4);
    }

    /** Returns whether the session has to end. */
    boolean isTimedOut(long nowNs, long timeoutNs) {
        if (timeoutNs <= 0 || nowNs - lastReplyNs < timeoutNs) {
            overdue = false;
            return false;
        }
        if (!overdue) {
            overdue = true;
            overdueSinceNs = nowNs;
        }
        return nowNs - overdueSinceNs >= Math.min(GRACE_NS, timeoutNs / 2);
    }

    /** Returns how long until {@link #askIsDue} or {@link #isTimedOut} may say something else. */
    long nextNs(long nowNs, long timeoutNs) {
        if (timeoutNs <= 0) {
            return NEVER;
        }
        long silentNs = nowNs - lastReplyNs;
        if (silentNs >= timeoutNs) {
            return Math.max(1, Math.min(GRACE_NS, timeoutNs / 2));
        }
        return silentNs < timeoutNs / 2 ? timeoutNs / 2 - silentNs : timeoutNs - silentNs;
    }
}
