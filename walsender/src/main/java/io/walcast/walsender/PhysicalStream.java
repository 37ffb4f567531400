// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.storage.ServedPosition;
import io.walcast.transport.Outbound;
import io.walcast.transport.WalChunk;
import io.walcast.transport.WalStream;
import io.walcast.walsender.StreamedTimeline.SwitchPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends WAL to one peer ({@code WalSndLoop}, {@code XLogSendPhysical}, {@code WalSndDone}), a piece each time the transport can
 * take one.
 *
 * <p>Nothing is ever sent beyond the flush position. A timeline that another one takes over ends at the switch point.
 *
 * <p>Threading: as {@link WalStream}; {@link #tick}, {@link #isSilent}, {@link #abandon} and {@link #requestCancel} from
 * any thread.
 */
final class PhysicalStream implements WalStream {
    /** What {@link #tick} returns if it need not be called before something happens. */
    static final long NEVER = ReplyWatch.NEVER;

    private static final Logger logger = LoggerFactory.getLogger(PhysicalStream.class);

    private final StreamContext context;
    private final WalSenderNode node;
    private final WalSnd walSnd;
    private final Lsn start;
    private final ReplyWatch watch;
    private final KeepaliveAnswers answers = new KeepaliveAnswers();
    private final StandbyReplies replies;

    private StreamedTimeline timeline;
    private Lsn sent;
    private boolean started;
    private boolean peerIsDone;
    private boolean copyDoneSent;

    // Written by the stream and by whoever ends it, read by both.
    private volatile boolean over;

    // Confined to the one who ticks.
    private boolean sawStopping;

    // Set by whoever cancels, read by the stream.
    private volatile boolean canceled;

    // Set by the stream when it has nothing to send, cleared by the one who wakes it.
    private volatile boolean waitsForWal;

    // Set by the I/O thread that reads a history, read by the stream.
    private volatile boolean readingHistory;
    private volatile @Nullable WalException historyFailure;
    private volatile @Nullable TimelineHistory historyRead;

    /** Begins at {@code start}, which may turn out to be in the future: then the first call ends in an error. */
    PhysicalStream(StreamContext context, StreamedTimeline timeline, Lsn start) {
        this.context = requireNonNull(context, "context");
        this.timeline = requireNonNull(timeline, "timeline");
        this.start = requireNonNull(start, "start");
        node = context.node();
        walSnd = context.walSnd();
        sent = start;
        watch = new ReplyWatch(node.clock().nanoTime());
        replies = new StandbyReplies(context, answers, start);
    }

    @Override
    public @Nullable Outbound next(int maxBytes) {
        try {
            return over ? null : advance(maxBytes);
        } catch (WalException e) {
            logger.atWarn().addKeyValue("pid", walSnd.pid()).log("stream ends: {}", e.getMessage());
            fail(errorOf(e));
            return null;
        }
    }

    private @Nullable Outbound advance(int maxBytes) {
        if (canceled) {
            fail(SessionErrors.canceled());
            return null;
        }
        if (copyDoneSent) {
            return null;
        }
        if (peerIsDone) {
            return copyDone();
        }
        Outbound.Keepalive keepalive = keepaliveIfDue();
        if (keepalive != null) {
            return keepalive;
        }
        if (node.walSndCtl().isStopping()) {
            walSnd.moveTo(WalSndState.STOPPING);
        }
        ServedPosition position = node.position();
        if (!isTimelineResolved(position)) {
            return null;
        }
        Lsn upto = sendable(position);
        if (!started) {
            started = true;
            if (!timeline.isHistoric() && upto.isBefore(start)) {
                fail(SessionErrors.aheadOfFlush(start, upto));
                return null;
            }
        }
        replies.sendable(upto, node.clock().nanoTime());
        SwitchPoint end = timeline.end();
        if (end != null && !sent.isBefore(end.lsn())) {
            return copyDone();
        }
        return sent.isBefore(upto) ? chunk(upto, maxBytes) : caughtUp(position, maxBytes);
    }

    private Outbound.Keepalive keepalive(boolean replyRequested) {
        if (replyRequested) {
            watch.asked(node.clock().nanoTime());
        }
        return new Outbound.Keepalive(sent, node.clock().now(), replyRequested);
    }

    private Outbound.@Nullable Keepalive keepaliveIfDue() {
        long nowNs = node.clock().nanoTime();
        if (watch.askIsDue(nowNs, timeoutNs())) {
            answers.take(nowNs); // one serves as the other
            return keepalive(true);
        }
        return answers.take(nowNs) ? keepalive(false) : null;
    }

    /** Returns whether {@link #timeline} says how far it goes, which may take a look at the newest history first. */
    private boolean isTimelineResolved(ServedPosition position) {
        TimelineId newest = position.timeline();
        if (timeline.isHistoric() || timeline.timeline().equals(newest)) {
            return true;
        }
        if (readingHistory) {
            return false;
        }
        WalException failure = historyFailure;
        if (failure != null) {
            throw failure;
        }
        TimelineHistory history = historyRead;
        if (history == null || !history.timeline().equals(newest)) {
            history = node.timelines().knownHistoryOf(newest);
        }
        if (history == null) {
            readingHistory = true;
            node.io().execute(() -> readHistory(newest));
            return false;
        }
        SwitchPoint end = ServerTimelines.switchPoint(timeline.timeline(), history);
        timeline = new StreamedTimeline(timeline.timeline(), end);
        return true;
    }

    private void readHistory(TimelineId newest) {
        try {
            historyRead = node.timelines().historyOf(newest);
        } catch (WalException e) {
            historyFailure = e;
        } finally {
            readingHistory = false;
            context.peer().wake();
        }
    }

    /** Returns up to where may be sent: never beyond the flush position. */
    private Lsn sendable(ServedPosition position) {
        SwitchPoint end = timeline.end();
        return end == null ? position.flushedUpto() : Lsn.min(end.lsn(), position.flushedUpto());
    }

    private Outbound copyDone() {
        copyDoneSent = true;
        return new Outbound.CopyDone();
    }

    private @Nullable Outbound chunk(Lsn upto, int maxBytes) {
        TimelineId file = timeline.fileTimeline(sent, node.wal().segmentSize());
        WalChunk chunk = context.chunks().next(file, sent, upto, upto, maxBytes, context.peer()::wake);
        if (chunk == null) {
            return null;
        }
        Lsn end = sent.plus(chunk.length());
        if (end.isAfter(upto)) {
            chunk.close();
            throw new IllegalStateException("chunk ends at " + end + " (expected: " + upto + " at most)");
        }
        sent = end;
        replies.sent(end);
        walSnd.sent(end);
        return chunk;
    }

    private @Nullable Outbound caughtUp(ServedPosition position, int maxBytes) {
        if (walSnd.state() == WalSndState.CATCHUP && !timeline.isHistoric()) {
            walSnd.moveTo(WalSndState.STREAMING);
        }
        if (walSnd.state() == WalSndState.STOPPING) {
            if (!walSnd.replicated().isBefore(sent)) {
                over = true;
                return new Outbound.Shutdown();
            }
            if (!watch.isWaiting()) {
                return keepalive(true);
            }
        }
        waitsForWal = true;
        if (position.equals(node.wal().position()) || over) {
            return null;
        }
        waitsForWal = false; // it moved meanwhile: nobody will tell again
        return advance(maxBytes);
    }

    /** Takes a message of the peer. */
    void received(StandbyMessage message) {
        if (over) {
            return;
        }
        long nowNs = node.clock().nanoTime();
        boolean answerWasWanted = answers.nextNs(nowNs) != NEVER;
        watch.replied(nowNs);
        message.dispatchTo(replies);
        long answerNs = answerWasWanted ? NEVER : answers.nextNs(nowNs);
        if (answerNs == 0 || walSnd.state() == WalSndState.STOPPING) {
            context.peer().wake();
        } else if (answerNs != NEVER) {
            node.wakeup().wake();
        }
    }

    @Override
    public void peerCopyDone() {
        peerIsDone = true;
        watch.replied(node.clock().nanoTime());
        context.peer().wake();
    }

    @Override
    public void ended() {
        if (!over) {
            over = true;
            context.listener().streamEnded(timeline);
        }
    }

    /** Has the stream end at its next turn, because somebody wants the command canceled. */
    void requestCancel() {
        canceled = true;
        context.peer().wake();
    }

    private void fail(ErrorFields fields) {
        over = true;
        context.listener().streamFailed(fields);
    }

    private ErrorFields errorOf(WalException e) {
        TimelineId file = timeline.fileTimeline(sent, node.wal().segmentSize());
        String segment = SegmentName.containing(file, sent, node.wal().segmentSize())
                .fileName(node.wal().segmentSize());
        return e.sqlState().equals(SqlState.UNDEFINED_FILE)
                ? SessionErrors.segmentRemoved(segment)
                : SessionErrors.of(e, "read WAL segment " + segment);
    }

    /** Has the stream do nothing any more: its connection is gone, or its slot. */
    void abandon() {
        over = true;
    }

    /** Returns whether the peer may be gone: see {@link ReplyWatch#isSilent}. */
    boolean isSilent() {
        return watch.isSilent(node.clock().nanoTime(), timeoutNs());
    }

    /** While the node stops, no peer may hold it up for longer than the node's own settings say. */
    private long timeoutNs() {
        long ownNs = context.timeoutNs().getAsLong();
        if (!node.walSndCtl().isStopping()) {
            return ownNs;
        }
        long nodeNs = node.settings().duration("wal_sender_timeout").toNanos();
        return nodeNs > 0 && (ownNs <= 0 || nodeNs < ownNs) ? nodeNs : ownNs;
    }

    /**
     * Looks what time it is, and wakes the stream or ends it if it is time.
     *
     * @param walMoved whether there may be more to send
     * @return how long until the next call at most, in ns
     */
    long tick(long nowNs, boolean walMoved) {
        if (over) {
            return NEVER;
        }
        if (!sawStopping && node.walSndCtl().isStopping()) {
            sawStopping = true;
            if (timeoutNs() != context.timeoutNs().getAsLong()) {
                watch.beginAgain(nowNs);
            }
        }
        long timeoutNs = timeoutNs();
        if (watch.isTimedOut(nowNs, timeoutNs)) {
            over = true;
            logger.atInfo()
                    .addKeyValue("pid", walSnd.pid())
                    .log("terminating walsender process due to replication timeout");
            context.peer().drop();
            return NEVER;
        }
        boolean asks = watch.wakeToAsk(nowNs, timeoutNs);
        long answerNs = answers.nextNs(nowNs);
        if ((walMoved && waitsForWal) || asks || answerNs == 0) {
            waitsForWal = false;
            context.peer().wake();
        }
        return Math.min(watch.nextNs(nowNs, timeoutNs), answerNs == 0 ? NEVER : answerNs);
    }
}
