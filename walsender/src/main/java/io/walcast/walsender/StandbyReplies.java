// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.Lsn;
import io.walcast.core.protocol.StandbyMessage.Handler;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.core.storage.ServedPosition;
import io.walcast.walsender.LagTracker.Head;
import io.walcast.walsender.WalSnd.Lags;
import io.walcast.walsender.slot.AcquiredSlot;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a peer says of itself while it streams ({@code ProcessStandbyReplyMessage}, {@code ProcessStandbyHSFeedbackMessage}).
 *
 * <p>A peer is believed as far as it can be true: positions are shown as they were reported, but beyond what we have ourselves
 * they count for nothing, and a slot moves no further than what was sent.
 *
 * <p>Threading: confined to the stream.
 */
final class StandbyReplies implements Handler {
    private static final Logger logger = LoggerFactory.getLogger(StandbyReplies.class);
    private static final long WARNING_INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

    private final StreamContext context;
    private final KeepaliveAnswers answers;
    private final LagTracker lags = new LagTracker();
    private Lsn sent;
    private Lsn previousWrite = Lsn.INVALID;
    private Lsn previousFlush = Lsn.INVALID;
    private Lsn previousApply = Lsn.INVALID;
    private boolean warned;
    private long warnedNs;

    StandbyReplies(StreamContext context, KeepaliveAnswers answers, Lsn start) {
        this.context = context;
        this.answers = answers;
        this.sent = start;
    }

    /** Takes note that WAL up to {@code upto} could be sent. */
    void sendable(Lsn upto, long nowNs) {
        lags.write(upto, nowNs);
    }

    /** Takes note that WAL up to {@code upto} was sent. */
    void sent(Lsn upto) {
        sent = upto;
    }

    @Override
    public void onStatusUpdate(StatusUpdate update) {
        long nowNs = context.node().clock().nanoTime();
        Lags measured = new Lags(
                lags.read(Head.WRITE, update.write(), nowNs),
                lags.read(Head.FLUSH, update.flush(), nowNs),
                lags.read(Head.APPLY, update.apply(), nowNs));
        boolean repeated = update.write().equals(previousWrite)
                && update.flush().equals(previousFlush)
                && update.apply().equals(previousApply);
        boolean hasAll = update.apply().equals(sent) && update.flush().equals(sent);
        previousWrite = update.write();
        previousFlush = update.flush();
        previousApply = update.apply();
        if (update.replyRequested()) {
            answers.want(nowNs);
        }
        Lsn ourFlush = ourFlush();
        boolean ahead =
                Lsn.max(update.write(), Lsn.max(update.flush(), update.apply())).isAfter(ourFlush);
        context.walSnd().replied(update, measured, hasAll && repeated, ahead);
        if (ahead) {
            warn(update, ourFlush, nowNs);
        }
        AcquiredSlot slot = context.slot();
        if (slot != null) {
            slot.confirm(update.flush(), sent, ourFlush);
        }
    }

    private Lsn ourFlush() {
        ServedPosition position = context.node().wal().position();
        return position == null ? Lsn.INVALID : position.flushedUpto();
    }

    private void warn(StatusUpdate update, Lsn ourFlush, long nowNs) {
        if (warned && nowNs - warnedNs < WARNING_INTERVAL_NS) {
            return;
        }
        warned = true;
        warnedNs = nowNs;
        logger.atWarn()
                .addKeyValue("pid", context.walSnd().pid())
                .log(
                        "peer reports write {}, flush {}, apply {} beyond our own flush position {}; not counted",
                        update.write(),
                        update.flush(),
                        update.apply(),
                        ourFlush);
    }

    /** No epoch is checked: the next transaction number is not known here. */
    @Override
    public void onHotStandbyFeedback(HotStandbyFeedback feedback) {
        XminHorizon needed = XminHorizon.of(feedback);
        context.walSnd().horizon(needed);
        AcquiredSlot slot = context.slot();
        if (slot != null) {
            slot.feedback((int) needed.xmin(), (int) needed.catalogXmin());
            if (slot.isHeld()) {
                context.node().walSndCtl().slotNeeds(slot.name(), needed);
            }
        }
    }
}
