// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.wal.StreamPageCheck;
import io.walcast.ipc.Clock;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import io.walcast.transport.WalReceiverConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream on one timeline: receive, check, write, have it flushed, report (the inner loop of {@code WalReceiverMain}).
 *
 * <p>Threading: confined to the receiver thread; {@link WalFlusher} syncs on its own.
 */
final class StreamLoop implements ServerMessage.Handler {
    private static final long DISK_RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    /** While the disk is full nothing is received, and the server must not take that for silence. */
    private static final long LONGEST_QUIET_NS = TimeUnit.SECONDS.toNanos(10);

    private static final int MESSAGES_PER_TURN = 256;

    /** What a stream works with; fixed while it is on. */
    record Context(
            WalReceiverConfig config,
            WalReceiverConnection connection,
            WalRcvShared shared,
            WalReceiverListener listener,
            Clock clock,
            Latch latch,
            BooleanSupplier stopRequested,
            SegmentSize segmentSize) {}

    private final Context context;
    private final WalReceiverConfig config;
    private final TimelineId timeline;
    private final SegmentWriter writer;
    private final WalFlusher flusher;
    private final @Nullable RecordVerifier verifier;
    private final StatusReporter reporter;
    private final SilenceWatch silence;
    private final FeedbackSender feedback;
    private final StreamPageCheck pageCheck;
    private final Lsn start;
    private final Lsn floor;

    private Lsn received;
    private Lsn flushed;
    private Lsn serverEnd = Lsn.INVALID;
    private boolean serverEndFell;
    /** What did not fit the disk: a copy of the rest of the message, taken only then. */
    private @Nullable ByteBuffer held;

    /** Whether the listener has been told so. */
    private boolean diskFull;

    private EndOfStream.@Nullable Reason ended;
    private long diskTriedNs;

    /**
     * Prepares the loop.
     *
     * @param start first position asked for
     * @param floor everything of this timeline before it is durable already
     * @param verifier checks the records beside us, or null if nobody does
     */
    StreamLoop(
            Context context,
            TimelineId timeline,
            Lsn start,
            Lsn floor,
            SegmentWriter writer,
            WalFlusher flusher,
            StreamPageCheck pageCheck,
            @Nullable RecordVerifier verifier) {
        this.context = context;
        this.config = context.config();
        this.timeline = timeline;
        this.start = start;
        this.floor = floor;
        this.writer = writer;
        this.flusher = flusher;
        this.pageCheck = pageCheck;
        this.verifier = verifier;
        reporter = new StatusReporter(context.connection(), config, context.clock(), floor);
        silence = new SilenceWatch(config.receiveTimeout(), context.clock());
        feedback = new FeedbackSender(context.connection(), config, context.clock());
        received = start;
        flushed = floor;
    }

    /** What ended the loop. */
    enum Outcome {
        STOP_REQUESTED,
        END_POSITION,
        END_OF_TIMELINE,
        SHUTDOWN
    }

    /** Runs until the stream ends; what was received by then is written, not always flushed. */
    Outcome run() {
        if (!config.statusInterval().isZero()) {
            reporter.sendNow();
        }
        while (true) {
            context.latch().reset();
            if (context.stopRequested().getAsBoolean()) {
                return Outcome.STOP_REQUESTED;
            }
            boolean idle = turn();
            Outcome outcome = outcome();
            if (outcome != null) {
                return outcome;
            }
            if (idle) {
                context.latch().await(nextWakeupNs());
            }
        }
    }

    /** One bounded turn; returns whether there is nothing more to do for now. */
    private boolean turn() {
        flusher.check();
        tellDiskFull();
        boolean more = writeHeld() && receiveSome();
        if (verifier != null) {
            verifier.check();
            verifier.written(received);
        }
        publishProgress();
        feedback.sendIfDue();
        if (held == null) {
            silence.check(reporter);
        } else {
            reporter.oweReplyAfter(LONGEST_QUIET_NS);
        }
        reporter.sendIfDue();
        return !more;
    }

    private @Nullable Outcome outcome() {
        if (held != null) {
            return null;
        }
        if (ended != null) {
            return switch (ended) {
                case END_OF_TIMELINE -> Outcome.END_OF_TIMELINE;
                case SHUTDOWN -> Outcome.SHUTDOWN;
            };
        }
        Lsn end = config.endPosition();
        return end != null && received.isAfter(end) ? Outcome.END_POSITION : null;
    }

    /** Takes messages until there is none, the disk is full or the turn is over; returns whether to go on at once. */
    private boolean receiveSome() {
        for (int i = 0; i < MESSAGES_PER_TURN; i++) {
            ServerMessage message = context.connection().receive();
            if (message == null) {
                return false;
            }
            silence.heard();
            message.dispatchTo(this);
            if (held != null || outcome() != null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onXLogData(XLogData data) {
        ByteBuffer payload = wanted(data.payload(), data.start());
        requireExpected(data.start(), payload);
        context.shared()
                .received(data.serverEnd(), data.sentAt(), context.clock().now());
        if (!payload.hasRemaining()) {
            return;
        }
        context.shared().receivedWal(data.start().plus(payload.remaining()), payload.remaining());
        pageCheck.check(data.start(), payload);
        long segmentBefore = context.segmentSize().segmentNumber(received);
        append(payload);
        silence.heard(); // a slow disk is not the server's silence
        if (context.segmentSize().segmentNumber(writer.written()) != segmentBefore) {
            segmentFinished();
        }
        flusher.prepare();
    }

    /** Returns the part of {@code payload} that is kept: nothing after the segment that the end position is in. */
    private ByteBuffer wanted(ByteBuffer payload, Lsn at) {
        Lsn end = config.endPosition();
        if (end == null || at.isAfter(end)) {
            return payload;
        }
        Lsn last = context.segmentSize()
                .startOfSegment(end)
                .plus(context.segmentSize().bytes());
        long room = last.minus(at);
        boolean fits = Long.compareUnsigned(payload.remaining(), room) <= 0;
        return fits ? payload : payload.slice(payload.position(), (int) room);
    }

    private void append(ByteBuffer payload) {
        boolean whole = writer.append(payload);
        received = writer.written();
        if (!whole) {
            hold(payload);
        }
    }

    private void hold(ByteBuffer rest) {
        ByteBuffer copy = ByteBuffer.allocateDirect(rest.remaining());
        copy.put(rest).flip();
        held = copy;
        diskTriedNs = context.clock().nanoTime();
        tellDiskFull();
    }

    /** Compressed WAL may wait for room behind our back. */
    private void tellDiskFull() {
        boolean full = held != null || writer.isOutOfRoom();
        if (full != diskFull) {
            diskFull = full;
            context.listener().onDiskFull(full);
        }
    }

    /** Tries the rest of the message that did not fit; returns whether there is room again. */
    private boolean writeHeld() {
        ByteBuffer rest = held;
        if (rest == null) {
            return true;
        }
        if (context.clock().nanoTime() - diskTriedNs < DISK_RETRY_NS) {
            return false;
        }
        diskTriedNs = context.clock().nanoTime();
        long segmentBefore = context.segmentSize().segmentNumber(received);
        boolean whole = writer.append(rest);
        received = writer.written();
        if (context.segmentSize().segmentNumber(received) != segmentBefore) {
            segmentFinished();
        }
        if (!whole) {
            return false;
        }
        held = null;
        silence.heard();
        tellDiskFull();
        return true;
    }

    private void segmentFinished() {
        flusher.request();
        context.shared().written(Lsn.max(floor, received));
        context.listener().onSegmentFinished(timeline, context.segmentSize().startOfSegment(received));
    }

    /** A message is stored only where the last one ended; nothing is taken on trust ({@code dataStart}). */
    private void requireExpected(Lsn at, ByteBuffer payload) {
        if (Long.compareUnsigned(at.value() + payload.remaining(), at.value()) < 0) {
            throw new ProtocolViolationException("LSN overflow: %d bytes at %s".formatted(payload.remaining(), at));
        }
        if (at.equals(received)) {
            return;
        }
        if (at.isBefore(start)) {
            throw new ProtocolViolationException(
                    "WAL before the requested start: got %s, asked for %s".formatted(at, start));
        }
        if (at.isBefore(received)) {
            writer.requireSame(at, payload);
        }
        throw new ProtocolViolationException("WAL gap or overlap: expected %s, got %s".formatted(received, at));
    }

    @Override
    public void onKeepalive(Keepalive keepalive) {
        context.shared()
                .received(
                        keepalive.serverEnd(),
                        keepalive.sentAt(),
                        context.clock().now());
        if (keepalive.serverEnd().isBefore(serverEnd) && !serverEndFell) {
            serverEndFell = true;
            context.listener()
                    .onWarning("the server's position moved back from %s to %s"
                            .formatted(serverEnd, keepalive.serverEnd()));
        }
        serverEnd = Lsn.max(serverEnd, keepalive.serverEnd());
        if (keepalive.replyRequested()) {
            reporter.oweReply();
            flushForReply();
        }
    }

    /** The server may be waiting for a flush position before it lets its clients go, or itself. */
    private void flushForReply() {
        if (received.isAfter(writer.flushed())) {
            flusher.request();
        }
    }

    @Override
    public void onEndOfStream(EndOfStream end) {
        ended = end.reason();
    }

    private void publishProgress() {
        if (config.flushPolicy() == FlushPolicy.EVERY_BURST && received.isAfter(writer.flushed())) {
            flusher.request();
        }
        Lsn nowFlushed = Lsn.max(floor, writer.flushed());
        Lsn nowWritten = Lsn.max(floor, received);
        reporter.advance(nowWritten, nowFlushed);
        context.shared().written(nowWritten);
        if (nowFlushed.isAfter(flushed)) {
            flushed = nowFlushed;
            context.shared().flushed(nowFlushed, timeline);
            context.listener().onFlush(nowFlushed);
        }
    }

    private long nextWakeupNs() {
        long next = Math.min(reporter.nextDueNs(), feedback.nextDueNs());
        return Math.min(next, held == null ? silence.nextDueNs() : DISK_RETRY_NS);
    }

    /**
     * Makes durable what was received and reports it a last time, so that a server which waits for us can go on. Called
     * when the flusher has ended.
     */
    void finish(Outcome outcome) {
        writer.flush();
        boolean mustBeWhole = outcome == Outcome.END_OF_TIMELINE || outcome == Outcome.END_POSITION;
        while (mustBeWhole && writer.isOutOfRoom() && !context.stopRequested().getAsBoolean()) {
            tellDiskFull();
            reporter.oweReplyAfter(LONGEST_QUIET_NS);
            reporter.sendIfDue();
            context.latch().reset();
            context.latch().await(DISK_RETRY_NS);
            writer.flush();
        }
        tellDiskFull();
        publishProgress();
        if (outcome != Outcome.SHUTDOWN) { // a server that shuts down was told already, and is gone
            reporter.sendNow();
        }
    }

    /** Returns the end of what was received. */
    Lsn received() {
        return received;
    }
}
