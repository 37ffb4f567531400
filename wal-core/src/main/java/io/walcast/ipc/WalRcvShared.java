// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.ipc.Cancellation.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a walreceiver, the startup process that asked for it and the walsenders that wait for its WAL share
 * ({@code WalRcvData}): the request, the state, and how far the WAL has come.
 *
 * <p>Who wants to know of changes registers a {@link Latch} with {@link #wakeOnChange}: it is set whenever the flush
 * position or the state moves.
 *
 * <p>Safe for use from any thread.
 */
public final class WalRcvShared {
    private final Object lock = new Object();
    private final Clock clock;
    private final List<Latch> waiters = new CopyOnWriteArrayList<>();

    @GuardedBy("lock")
    private WalRcvState state = WalRcvState.STOPPED;

    @GuardedBy("lock")
    private @Nullable WalRcvRequest request;

    /** False while waiting at the end of a timeline, when {@link #request} has been served. */
    @GuardedBy("lock")
    private boolean requestPending;

    @GuardedBy("lock")
    private Lsn receivedUpto = Lsn.INVALID;

    @GuardedBy("lock")
    private long receivedBytes;

    @GuardedBy("lock")
    private Lsn writtenUpto = Lsn.INVALID;

    @GuardedBy("lock")
    private Lsn flushedUpto = Lsn.INVALID;

    @GuardedBy("lock")
    private Lsn latestChunkStart = Lsn.INVALID;

    @GuardedBy("lock")
    private @Nullable TimelineId receivedTimeline;

    @GuardedBy("lock")
    private Lsn latestWalEnd = Lsn.INVALID;

    @GuardedBy("lock")
    private PgTimestamp latestWalEndAt = PgTimestamp.NONE;

    @GuardedBy("lock")
    private PgTimestamp lastMessageSentAt = PgTimestamp.NONE;

    @GuardedBy("lock")
    private PgTimestamp lastMessageReceivedAt = PgTimestamp.NONE;

    @GuardedBy("lock")
    private @Nullable Sender sender;

    /** Makes the shared state of a receiver that is stopped, on the machine's clock. */
    public WalRcvShared() {
        this(Clock.system());
    }

    /** Makes the shared state of a receiver that is stopped. */
    public WalRcvShared(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * How far WAL is on disk for good.
     *
     * @param timeline the timeline of {@code upto}
     * @param latestChunkStart the position before; equal to {@code upto} if nothing was flushed on this timeline yet
     * @param upto the WAL before it is on disk
     */
    public record FlushPosition(TimelineId timeline, Lsn latestChunkStart, Lsn upto) {
        public FlushPosition {
            requireNonNull(timeline, "timeline");
            requireNonNull(latestChunkStart, "latestChunkStart");
            requireNonNull(upto, "upto");
        }
    }

    /** The peer of a connected receiver. */
    private record Sender(String host, int port, String conninfo) {}

    /**
     * Asks for a stream ({@code RequestXLogStreaming}); the receiver must be stopped or waiting.
     *
     * <p>The flush position is kept when the same timeline goes on, and else set to {@code start}.
     *
     * @param start the first position of a segment
     * @throws IllegalStateException if the receiver is neither stopped nor waiting
     */
    public void requestStreaming(TimelineId timeline, Lsn start, String conninfo, @Nullable String slot) {
        WalRcvRequest next = new WalRcvRequest(timeline, start, conninfo, slot);
        synchronized (lock) {
            boolean first = request == null;
            if (state == WalRcvState.STOPPED) {
                move(WalRcvState.STARTING);
                writtenUpto = Lsn.INVALID;
            } else {
                move(WalRcvState.RESTARTING);
            }
            if (first || !timeline.equals(receivedTimeline)) {
                flushedUpto = start;
                latestChunkStart = start;
                receivedTimeline = timeline;
            }
            request = next;
            requestPending = true;
        }
        wake();
    }

    /**
     * Tells where the receiver goes on by itself: a bare receive directory has no startup process to ask. The flush
     * position is kept when the same timeline goes on, and else set to {@code durable}.
     *
     * @param start the first position of a segment
     * @param durable what is on disk of {@code timeline} already, {@code start} or later
     */
    public void startsAt(TimelineId timeline, Lsn start, Lsn durable, @Nullable String slot) {
        synchronized (lock) {
            boolean first = request == null;
            request = new WalRcvRequest(timeline, start, "", slot);
            requestPending = true;
            if (first || !timeline.equals(receivedTimeline)) {
                flushedUpto = durable;
                latestChunkStart = durable;
                receivedTimeline = timeline;
            }
        }
        wake();
    }

    /**
     * Returns what was asked for last.
     *
     * @throws IllegalStateException if nothing ever was
     */
    public WalRcvRequest request() {
        synchronized (lock) {
            if (request == null) {
                throw new IllegalStateException("no streaming was requested");
            }
            return request;
        }
    }

    /**
     * Changes the state.
     *
     * @throws IllegalStateException if {@link WalRcvState#canMoveTo} does not allow it
     */
    public void moveTo(WalRcvState next) {
        synchronized (lock) {
            move(next);
        }
        wake();
    }

    /** The only place that changes {@link #state}. */
    @GuardedBy("lock")
    private void move(WalRcvState next) {
        if (!state.canMoveTo(next)) {
            throw new IllegalStateException(state + " -> " + next);
        }
        if (state == WalRcvState.STARTING && next == WalRcvState.CONNECTING) {
            PgTimestamp now = clock.now();
            lastMessageSentAt = now;
            lastMessageReceivedAt = now;
            latestWalEndAt = now;
        } else if (next == WalRcvState.WAITING) {
            requestPending = false;
        } else if (next == WalRcvState.STOPPED) {
            sender = null;
        }
        state = next;
    }

    /** Returns the state. */
    public WalRcvState state() {
        synchronized (lock) {
            return state;
        }
    }

    /** Tells that the receiver is connected, and to whom; {@code displayConninfo} must hold no secrets. */
    public void connected(String host, int port, String displayConninfo) {
        Sender connected =
                new Sender(requireNonNull(host, "host"), port, requireNonNull(displayConninfo, "displayConninfo"));
        synchronized (lock) {
            sender = connected;
        }
    }

    /** Tells of a message from the sender: where its WAL ends, when it said so, and when we heard. */
    public void received(Lsn walEnd, PgTimestamp sentAt, PgTimestamp receivedAt) {
        synchronized (lock) {
            if (walEnd.isAfter(latestWalEnd)) {
                latestWalEndAt = sentAt;
            }
            latestWalEnd = walEnd;
            lastMessageSentAt = sentAt;
            lastMessageReceivedAt = receivedAt;
        }
    }

    /** Tells that {@code bytes} of WAL came in, the last of them before {@code upto}. */
    public void receivedWal(Lsn upto, int bytes) {
        synchronized (lock) {
            receivedUpto = upto;
            receivedBytes += bytes;
        }
    }

    /** Tells that the WAL before {@code upto} is written, perhaps not yet on disk. */
    public void written(Lsn upto) {
        synchronized (lock) {
            writtenUpto = upto;
        }
    }

    /** Tells that the WAL before {@code upto} is on disk for good. A position that is no advance changes nothing. */
    public void flushed(Lsn upto, TimelineId timeline) {
        synchronized (lock) {
            if (!upto.isAfter(flushedUpto)) {
                return;
            }
            latestChunkStart = flushedUpto;
            flushedUpto = upto;
            receivedTimeline = timeline;
        }
        wake();
    }

    /** Returns up to where WAL came in, whether or not it was written; 0/0 before any did. */
    public Lsn receivedUpto() {
        synchronized (lock) {
            return receivedUpto;
        }
    }

    /** Returns how many bytes of WAL came in since this was made. */
    public long receivedBytes() {
        synchronized (lock) {
            return receivedBytes;
        }
    }

    /** Returns up to where WAL is written; for statistics, it may be lost in a crash. */
    public Lsn writtenUpto() {
        synchronized (lock) {
            return writtenUpto;
        }
    }

    /** Returns up to where WAL is on disk for good. */
    public Lsn flushedUpto() {
        synchronized (lock) {
            return flushedUpto;
        }
    }

    /**
     * Returns {@link #flushedUpto} with what belongs to it, of one moment ({@code GetWalRcvFlushRecPtr}); null before the
     * first request.
     */
    public @Nullable FlushPosition flushPosition() {
        synchronized (lock) {
            return receivedTimeline == null ? null : new FlushPosition(receivedTimeline, latestChunkStart, flushedUpto);
        }
    }

    /** Returns the flush position before the last one: where the WAL that came last begins. */
    public Lsn latestChunkStart() {
        synchronized (lock) {
            return latestChunkStart;
        }
    }

    /** Returns the timeline of {@link #flushedUpto}, or null before the first request. */
    public @Nullable TimelineId receivedTimeline() {
        synchronized (lock) {
            return receivedTimeline;
        }
    }

    /** Has {@code latch} set whenever the flush position or the state moves, until the result is closed. */
    public Registration wakeOnChange(Latch latch) {
        waiters.add(latch);
        return () -> waiters.remove(latch);
    }

    private void wake() {
        for (Latch waiter : waiters) {
            waiter.set();
        }
    }

    /** Waits until the WAL before {@code lsn} is on disk, or {@code timeout} has passed; returns whether it is. */
    public boolean awaitFlush(Lsn lsn, Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        Latch latch = new Latch();
        try (Registration waiter = wakeOnChange(latch)) {
            requireNonNull(waiter);
            boolean more = true;
            while (flushedUpto().isBefore(lsn) && more) {
                more = latch.await(deadlineNs - System.nanoTime());
                latch.reset();
            }
        }
        return !flushedUpto().isBefore(lsn);
    }

    /** Returns all of it at one moment, for display. */
    public WalRcvStatus status() {
        synchronized (lock) {
            WalRcvRequest shown = requestPending ? request : null;
            Sender peer = sender;
            return new WalRcvStatus(
                    peer == null ? null : ProcessHandle.current().pid(),
                    state,
                    shown == null ? null : shown.start(),
                    shown == null ? null : shown.timeline(),
                    orNull(writtenUpto),
                    orNull(flushedUpto),
                    receivedTimeline,
                    orNull(lastMessageSentAt),
                    orNull(lastMessageReceivedAt),
                    orNull(latestWalEnd),
                    orNull(latestWalEndAt),
                    request == null ? null : request.slot(),
                    peer == null || peer.host().isEmpty() ? null : peer.host(),
                    peer == null || peer.port() == 0 ? null : peer.port(),
                    peer == null ? null : peer.conninfo());
        }
    }

    private static @Nullable Lsn orNull(Lsn lsn) {
        return lsn.isValid() ? lsn : null;
    }

    private static @Nullable PgTimestamp orNull(PgTimestamp time) {
        return time.equals(PgTimestamp.NONE) ? null : time;
    }
}
