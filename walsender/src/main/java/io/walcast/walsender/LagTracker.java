// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import java.util.EnumMap;
import java.util.Map;

/**
 * Measures how long it takes from the moment WAL could be sent until the peer has written, flushed and replayed it ({@code
 * LagTracker}).
 *
 * <p>A ring of samples, each a position and when it could first be sent, is read by three heads, each at its own pace. A head
 * that is about to be overrun keeps the sample it stands at and waits for that one only. The ring grows to {@link #MAX_SAMPLES}
 * as it is needed; it does not grow for a head whose position was never reported, for which the first sample is enough.
 *
 * <p>Threading: confined to its stream.
 */
final class LagTracker {
    /** The most samples that are kept, as PostgreSQL has it. */
    static final int MAX_SAMPLES = 8192;

    /** What {@link #read} returns if it cannot say. */
    static final long UNKNOWN = -1;

    private static final int FIRST_SAMPLES = 64;

    /** What is measured. */
    enum Head {
        WRITE,
        FLUSH,
        APPLY
    }

    private final Map<Head, Reader> readers =
            new EnumMap<>(Map.of(Head.WRITE, new Reader(), Head.FLUSH, new Reader(), Head.APPLY, new Reader()));
    private long[] lsns = new long[FIRST_SAMPLES];
    private long[] times = new long[FIRST_SAMPLES];

    /** Number of the next sample. */
    private long next;

    /** No sample before this one is in the ring. */
    private long firstKept;

    private long lastLsn;

    /** Where one head is. */
    private static final class Reader {
        /** Number of the sample it stands at, unless it was overrun. */
        private long at;

        private boolean overrun;
        private long overrunLsn;
        private long overrunTime;

        private boolean hasLast;
        private long lastLsn;
        private long lastTime;

        private boolean reported;

        void passed(long lsn, long time) {
            hasLast = true;
            lastLsn = lsn;
            lastTime = time;
        }
    }

    /** Takes note that WAL up to {@code lsn} could be sent at {@code nowNs}; the same position counts once. */
    void write(Lsn lsn, long nowNs) {
        if (lsn.value() == lastLsn) {
            return;
        }
        lastLsn = lsn.value();
        makeRoom();
        lsns[slot(next)] = lsn.value();
        times[slot(next)] = nowNs;
        next++;
    }

    /** A sample more than the ring holds would overrun whoever stands at the oldest one. */
    private void makeRoom() {
        for (Reader reader : readers.values()) {
            if (wouldBeOverrun(reader) && !reader.reported) {
                overrun(reader);
            }
        }
        for (Reader reader : readers.values()) {
            if (wouldBeOverrun(reader) && lsns.length < MAX_SAMPLES) {
                grow();
            } else if (wouldBeOverrun(reader)) {
                overrun(reader);
            }
        }
    }

    private boolean wouldBeOverrun(Reader reader) {
        return !reader.overrun && next - reader.at == lsns.length - 1;
    }

    private long oldest() {
        return Math.max(firstKept, next - (lsns.length - 1));
    }

    private void overrun(Reader reader) {
        reader.overrun = true;
        reader.overrunLsn = lsns[slot(reader.at)];
        reader.overrunTime = times[slot(reader.at)];
    }

    private void grow() {
        long[] moreLsns = new long[lsns.length * 2];
        long[] moreTimes = new long[lsns.length * 2];
        firstKept = oldest();
        for (long sample = firstKept; sample < next; sample++) {
            moreLsns[(int) (sample % moreLsns.length)] = lsns[slot(sample)];
            moreTimes[(int) (sample % moreTimes.length)] = times[slot(sample)];
        }
        lsns = moreLsns;
        times = moreTimes;
    }

    /**
     * Takes note that {@code head} is at {@code lsn} and returns how long ago that could first be sent, in ns, or {@link
     * #UNKNOWN}. Between two samples it is estimated.
     */
    long read(Head head, Lsn lsn, long nowNs) {
        Reader reader = requireNonNull(readers.get(head), "head");
        reader.reported |= lsn.isValid();
        boolean crossed = false;
        if (reader.overrun) {
            if (Long.compareUnsigned(reader.overrunLsn, lsn.value()) > 0) {
                return nowNs - reader.overrunTime;
            }
            reader.passed(reader.overrunLsn, reader.overrunTime);
            reader.overrun = false;
            reader.at = oldest();
            crossed = true;
        }
        while (reader.at < next && Long.compareUnsigned(lsns[slot(reader.at)], lsn.value()) <= 0) {
            reader.passed(lsns[slot(reader.at)], times[slot(reader.at)]);
            reader.at++;
            crossed = true;
        }
        long lastTime = reader.lastTime;
        if (reader.at == next) {
            reader.hasLast = false; // an old sample tells nothing about the next burst of WAL
        }
        if (crossed) {
            return nowNs - lastTime;
        }
        return reader.at == next ? UNKNOWN : ahead(reader, lsn, nowNs);
    }

    /** Returns the lag of a position before the sample that {@code reader} stands at. */
    private long ahead(Reader reader, Lsn lsn, long nowNs) {
        long nextTime = times[slot(reader.at)];
        if (!reader.hasLast) {
            return nowNs - nextTime;
        }
        if (Long.compareUnsigned(lsn.value(), reader.lastLsn) < 0) {
            return UNKNOWN;
        }
        double whole = (double) (lsns[slot(reader.at)] - reader.lastLsn);
        double fraction = (double) (lsn.value() - reader.lastLsn) / whole;
        return nowNs - (reader.lastTime + (long) ((double) (nextTime - reader.lastTime) * fraction));
    }

    private int slot(long sample) {
        return (int) (sample % lsns.length);
    }
}
