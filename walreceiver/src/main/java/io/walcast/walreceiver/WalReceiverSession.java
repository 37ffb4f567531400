// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.CanceledException;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.wal.StreamPageCheck;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Clock;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvState;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.SenderInfo;
import io.walcast.transport.StartResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * One life of a walreceiver, single-shot ({@code WalReceiverMain}): connects, identifies the server, finds the start
 * point, fetches histories, streams timeline after timeline on the same connection, and ends with a reason. Who tries
 * again is outside.
 *
 * <p>Threading: {@link #run} is called once and uses the calling thread as the receiver thread, plus two or three that it starts
 * and ends; {@link #stop} and {@link #shared} from any thread. The directory stays open and belongs to the caller.
 */
public final class WalReceiverSession {
    private static final String GROUP_READABLE = "0750";

    private final WalReceiverConfig config;
    private final WalReceiverTransport transport;
    private final WalDirectory directory;
    private final WalRcvShared shared;
    private final WalReceiverListener listener;
    private final Clock clock;
    private final ThreadFactory threads;
    private final Latch latch = new Latch();
    private final Cancellation cancellation = new Cancellation();

    // Written by whoever stops, read by the receiver thread.
    private volatile boolean stopRequested;
    // Written by the receiver thread, read by whoever stops.
    private volatile boolean streaming;
    // Written by the receiver thread, read by who decides whether to try again.
    private volatile boolean hasIdentified;
    private volatile boolean hasStreamed;

    /**
     * Prepares a session.
     *
     * @param directory open; used by this session alone while it runs
     * @param shared where positions and state are published; in state STOPPED
     * @param threads makes the threads that sync; they must not be interrupted
     */
    public WalReceiverSession(
            WalReceiverConfig config,
            WalReceiverTransport transport,
            WalDirectory directory,
            WalRcvShared shared,
            WalReceiverListener listener,
            Clock clock,
            ThreadFactory threads) {
        this.config = requireNonNull(config, "config");
        this.transport = requireNonNull(transport, "transport");
        this.directory = requireNonNull(directory, "directory");
        this.shared = requireNonNull(shared, "shared");
        this.listener = requireNonNull(listener, "listener");
        this.clock = requireNonNull(clock, "clock");
        this.threads = requireNonNull(threads, "threads");
    }

    /**
     * Asks the session to end: what was received is made durable and confirmed, then {@link #run} returns. Idempotent;
     * returns at once.
     */
    public void stop() {
        stopRequested = true;
        if (!streaming) {
            cancellation.request();
        }
        latch.set();
    }

    /** Returns what the session publishes. */
    public WalRcvShared shared() {
        return shared;
    }

    /** Returns whether this session got as far as knowing which cluster the server is of, and that it is the right one. */
    public boolean hasIdentified() {
        return hasIdentified;
    }

    /** Returns whether this session got as far as streaming. */
    public boolean hasStreamed() {
        return hasStreamed;
    }

    /**
     * Runs the session to its end. On return and on throwing all its threads have ended and its files are closed.
     *
     * @return why it ended in good order
     * @throws WalException why it did not; {@link WalException#retry} says whether another session makes sense
     */
    public ReceiveEnd run() {
        moveTo(WalRcvState.STARTING);
        try {
            moveTo(WalRcvState.CONNECTING);
            try (WalReceiverConnection connection = transport.connect(connectOptions())) {
                return receive(connection);
            }
        } catch (CanceledException e) {
            return ReceiveEnd.STOP_REQUESTED;
        } finally {
            moveTo(WalRcvState.STOPPING);
            moveTo(WalRcvState.STOPPED);
        }
    }

    private ConnectOptions connectOptions() {
        return ConnectOptions.of(config.conninfo(), latch)
                .withFallbackApplicationName(config.applicationName())
                .withCancellation(cancellation)
                .withTimeout(config.connectTimeout())
                .withWindowBytes(config.windowBytes())
                .withPolicy(config.policy())
                .withEnvironment(config.environment())
                .withPasswordPrompt(config.passwordPrompt())
                .withNoticeListener(notice -> listener.onWarning(notice.severity() + ":  " + notice.message()));
    }

    private ReceiveEnd receive(WalReceiverConnection connection) {
        SenderInfo sender = connection.senderInfo();
        shared.connected(sender.host(), sender.port(), transport.displayConninfo(config.conninfo()));
        listener.onConnected(sender);
        ServerVersions.check(sender);
        directory.setGroupAccess(GROUP_READABLE.equals(connection.show("data_directory_mode")));
        SystemIdentity server = identify(connection);
        SegmentSize segmentSize = segmentSize(connection);
        directory.rememberIdentity(server.systemIdentifier(), segmentSize);
        hasIdentified = true;
        createSlotIfWanted(connection);
        StreamStart start = StartPoint.find(directory, segmentSize, connection, server, config.slot());
        Timelines timelines = new Timelines(directory, connection, listener);
        StreamStart first = start;
        TimelineHistory history =
                timelines.fetch(start.timeline(), server.timeline(), known -> ownEnd(known, first, segmentSize));
        Lsn floor = start.lsn();
        Lsn fork = history.switchPoint(start.timeline()).orElse(start.lsn());
        if (start.lsn().isAfter(fork)) {
            // Our timeline was left within a record, and we hold whole segments of it that its successor does not.
            floor = fork;
            TimelineId next = history.nextTimeline(start.timeline()).orElseThrow();
            listener.onTimelineSwitch(start.timeline(), next, fork);
            start = new StreamStart(next, segmentSize.startOfSegment(fork));
        }
        while (true) {
            Stretch stretch = stream(connection, server, segmentSize, start, floor);
            if (stretch.end() != null) {
                return stretch.end();
            }
            TimelineId next = requireNonNull(stretch.next().nextTimeline());
            floor = requireNonNull(stretch.next().nextStart());
            Lsn switchPoint = floor;
            timelines.fetch(start.timeline(), next, known -> switchPoint);
            listener.onTimelineSwitch(start.timeline(), next, floor);
            moveTo(WalRcvState.RESTARTING);
            moveTo(WalRcvState.CONNECTING);
            start = new StreamStart(next, segmentSize.startOfSegment(floor));
        }
    }

    /** What one stream led to: an end, or the timeline that follows. */
    private record Stretch(@Nullable ReceiveEnd end, EndResult next) {}

    private SystemIdentity identify(WalReceiverConnection connection) {
        SystemIdentity server = connection.identifySystem();
        directory.systemIdentifier().ifPresent(ours -> {
            if (!ours.equals(server.systemIdentifier())) {
                throw new RefusedException(
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "database system identifier differs between the primary and standby: the server's is %s, that of the WAL in \"%s\" is %s"
                                .formatted(server.systemIdentifier(), directory.path(), ours));
            }
        });
        return server;
    }

    private SegmentSize segmentSize(WalReceiverConnection connection) {
        SegmentSize theirs = parseSegmentSize(connection.show("wal_segment_size"));
        directory.segmentSize().ifPresent(ours -> {
            if (!ours.equals(theirs)) {
                throw new RefusedException(
                        SqlState.DATA_CORRUPTED,
                        "incorrect segment size: the server's is %s, that of the WAL in \"%s\" is %s"
                                .formatted(theirs, directory.path(), ours));
            }
        });
        return theirs;
    }

    private static SegmentSize parseSegmentSize(String shown) {
        try {
            return SegmentSize.parse(shown);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    SqlState.PROTOCOL_VIOLATION, "wal_segment_size of the server: " + e.getMessage());
        }
    }

    private void createSlotIfWanted(WalReceiverConnection connection) {
        String slot = config.slot();
        if (slot == null || !config.createSlot()) {
            return;
        }
        try {
            connection.createSlot(CreateSlot.physical(slot, true));
        } catch (ServerErrorException e) {
            if (!e.sqlState().equals(SqlState.DUPLICATE_OBJECT)) {
                throw e;
            }
        }
    }

    /**
     * The end of what we hold for good on the start timeline. Where the stored bytes go past the fork, that of the last
     * whole record counts: the server may have sent us a piece of a record that its successor never completed.
     */
    private Lsn ownEnd(TimelineHistory history, StreamStart start, SegmentSize segmentSize) {
        Lsn fork = history.switchPoint(start.timeline()).orElse(Lsn.INVALID);
        Lsn stored = Lsn.max(start.lsn(), directory.storedEnd(start.timeline(), segmentSize));
        boolean inQuestion = !start.timeline().equals(history.timeline()) && stored.isAfter(fork);
        return inQuestion ? directory.endOfWal(start.timeline(), segmentSize) : stored;
    }

    private Stretch stream(
            WalReceiverConnection connection,
            SystemIdentity server,
            SegmentSize segmentSize,
            StreamStart start,
            Lsn floor) {
        listener.onStreaming(start.timeline(), start.lsn());
        shared.startsAt(start.timeline(), start.lsn(), floor, config.slot());
        Lsn end = config.endPosition();
        if (end != null && start.lsn().isAfter(end)) {
            return new Stretch(ReceiveEnd.END_POSITION, EndResult.NONE);
        }
        try {
            StartResult result =
                    connection.startStreaming(new StreamOptions.Physical(config.slot(), start.lsn(), start.timeline()));
            if (result instanceof StartResult.NothingThere nothing) {
                moveTo(WalRcvState.WAITING);
                return next(start.timeline(), start.lsn(), nothing.end());
            }
            moveTo(WalRcvState.STREAMING);
            hasStreamed = true;
            streaming = true;
            return runLoop(connection, server, segmentSize, start, floor);
        } catch (ServerErrorException e) {
            throw e.sqlState().equals(SqlState.UNDEFINED_FILE) ? walGone(e, server, start) : e;
        } finally {
            streaming = false;
        }
    }

    /** The server removed WAL that we do not have; skipping it would leave a hole, so a person has to decide. */
    private static RefusedException walGone(ServerErrorException e, SystemIdentity server, StreamStart start) {
        return new RefusedException(
                SqlState.UNDEFINED_FILE,
                "%s\nDETAIL:  The WAL of timeline %s from %s on is gone at the server, which is at %s."
                        .formatted(e.getMessage(), start.timeline(), start.lsn(), server.flushed()));
    }

    private Stretch runLoop(
            WalReceiverConnection connection,
            SystemIdentity server,
            SegmentSize segmentSize,
            StreamStart start,
            Lsn floor) {
        try (SegmentWriter writer = directory.openSegments(segmentSize, start.timeline(), start.lsn());
                RecordVerifier verifier = verifier(writer, segmentSize, server)) {
            StreamLoop.Outcome outcome;
            StreamLoop loop;
            try (WalFlusher flusher = new WalFlusher(writer, latch, threads)) {
                StreamPageCheck pageCheck =
                        new StreamPageCheck(start.timeline(), segmentSize, server.systemIdentifier());
                loop = new StreamLoop(
                        new StreamLoop.Context(
                                config, connection, shared, listener, clock, latch, () -> stopRequested, segmentSize),
                        start.timeline(),
                        start.lsn(),
                        floor,
                        writer,
                        flusher,
                        pageCheck,
                        verifier);
                outcome = loop.run();
            }
            loop.finish(outcome);
            if (verifier != null) {
                verifier.finish();
            }
            return switch (outcome) {
                case STOP_REQUESTED -> endFromOurSide(connection, ReceiveEnd.STOP_REQUESTED);
                case END_POSITION -> endFromOurSide(connection, ReceiveEnd.END_POSITION);
                case SHUTDOWN -> new Stretch(ReceiveEnd.SERVER_SHUTDOWN, EndResult.NONE);
                case END_OF_TIMELINE -> {
                    moveTo(WalRcvState.WAITING);
                    streaming = false;
                    if (stopRequested) { // asked for when a stop could not yet cancel commands
                        cancellation.request();
                    }
                    yield next(start.timeline(), loop.received(), connection.endStreaming());
                }
            };
        }
    }

    private @Nullable RecordVerifier verifier(SegmentWriter writer, SegmentSize segmentSize, SystemIdentity server) {
        if (config.verification() == Verification.NONE) {
            return null;
        }
        TimelineId timeline = writer.timeline();
        TimelineHistory history = directory
                .readHistory(timeline)
                .map(content -> TimelineHistory.parse(timeline, ByteBuffer.wrap(content)))
                .orElse(null);
        WrittenRecords records = new WrittenRecords(
                writer,
                directory.receivedPages(timeline, segmentSize),
                segmentSize,
                server.systemIdentifier(),
                history);
        return new RecordVerifier(config.verification(), records, latch, listener::onWarning, threads);
    }

    /** All is safe and confirmed by now, so a server that does not take part in the farewell costs little. */
    private Stretch endFromOurSide(WalReceiverConnection connection, ReceiveEnd end) {
        try (Farewell farewell = new Farewell(connection, threads)) {
            requireNonNull(farewell);
            connection.endStreaming();
        } catch (WalException e) {
            listener.onWarning("the server did not end the stream in good order: " + e.getMessage());
        }
        return new Stretch(end, EndResult.NONE);
    }

    /** Checks what the server names as the next timeline before anything is done with it. */
    private static Stretch next(TimelineId timeline, Lsn received, EndResult end) {
        TimelineId next = end.nextTimeline();
        if (next == null) {
            return new Stretch(ReceiveEnd.SERVER_SHUTDOWN, end);
        }
        if (next.compareTo(timeline) <= 0) {
            throw new RefusedException(
                    SqlState.PROTOCOL_VIOLATION,
                    "server reported unexpected next timeline %s, following timeline %s".formatted(next, timeline));
        }
        if (requireNonNull(end.nextStart()).isAfter(received)) {
            throw new RefusedException(
                    SqlState.PROTOCOL_VIOLATION,
                    "server stopped streaming timeline %s at %s, but reported next timeline %s to begin at %s"
                            .formatted(timeline, received, next, end.nextStart()));
        }
        return new Stretch(null, end);
    }

    private void moveTo(WalRcvState next) {
        WalRcvState from = shared.state();
        shared.moveTo(next);
        listener.onState(from, next);
    }
}
