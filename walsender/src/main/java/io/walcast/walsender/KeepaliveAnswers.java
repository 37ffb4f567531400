// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import java.util.concurrent.TimeUnit;

/**
 * Answers to status updates that ask for one: as many as asked for, but not more than 100 a second; what comes faster is
 * answered together.
 *
 * <p>Threading: confined to the stream, but for {@link #nextNs}.
 */
final class KeepaliveAnswers {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1) / 100;

    private boolean answered;
    private long lastNs;

    // Written by the stream, read by whoever wakes it.
    private volatile boolean wanted;
    private volatile long dueNs;

    /** Takes note that an answer is wanted. */
    void want(long nowNs) {
        if (!wanted) {
            boolean soon = answered && nowNs - lastNs < INTERVAL_NS;
            dueNs = soon ? lastNs + INTERVAL_NS : nowNs;
            wanted = true;
        }
    }

    /** Returns whether to answer now; if so, nothing is wanted any more. */
    boolean take(long nowNs) {
        if (!wanted || nowNs - dueNs < 0) {
            return false;
        }
        wanted = false;
        answered = true;
        lastNs = nowNs;
        return true;
    }

    /** Returns how long until the answer has to be given, 0 if it is due; {@link ReplyWatch#NEVER} if none is wanted. */
    long nextNs(long nowNs) {
        return wanted ? Math.max(0, dueNs - nowNs) : ReplyWatch.NEVER;
    }
}
