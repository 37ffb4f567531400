// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.transport.EndResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What a scripted primary does about one {@code START_REPLICATION}. After the last step the stream stays open, and
 * silent, until the receiver ends it.
 *
 * <p>Threading: written before the primary starts, read by its threads.
 */
public final class PrimaryStream {
    /** The clock of every scripted message. */
    public static final PgTimestamp SENT_AT = new PgTimestamp(700_000_000_000_000L);

    private final List<PrimaryStep> steps = new ArrayList<>();
    private final @Nullable EndResult nothingThere;

    /** Makes a stream without steps. */
    public PrimaryStream() {
        this(null);
    }

    private PrimaryStream(@Nullable EndResult nothingThere) {
        this.nothingThere = nothingThere;
    }

    /** Returns what stands for "nothing more on that timeline". */
    public static PrimaryStream nothingThere(EndResult end) {
        return new PrimaryStream(requireNonNull(end, "end"));
    }

    /** Adds a step. */
    @CanIgnoreReturnValue
    public PrimaryStream then(PrimaryStep step) {
        steps.add(step);
        return this;
    }

    /** Sends {@code wal} as one message. */
    @CanIgnoreReturnValue
    public PrimaryStream wal(Lsn start, byte[] wal) {
        Lsn end = start.plus(wal.length);
        return then(new PrimaryStep.Send(
                new XLogData(start, end, SENT_AT, ByteBuffer.wrap(wal).asReadOnlyBuffer())));
    }

    /** Sends {@code wal} in messages of {@code messageBytes}, the last one shorter. */
    @CanIgnoreReturnValue
    public PrimaryStream wal(Lsn start, byte[] wal, int messageBytes) {
        Lsn end = start.plus(wal.length);
        for (int at = 0; at < wal.length; at += messageBytes) {
            ByteBuffer payload = ByteBuffer.wrap(wal, at, Math.min(messageBytes, wal.length - at));
            then(new PrimaryStep.Send(
                    new XLogData(start.plus(at), end, SENT_AT, payload.slice().asReadOnlyBuffer())));
        }
        return this;
    }

    /** Sends a keepalive. */
    @CanIgnoreReturnValue
    public PrimaryStream keepalive(Lsn serverEnd, boolean replyRequested) {
        return then(new PrimaryStep.Send(new Keepalive(serverEnd, SENT_AT, replyRequested)));
    }

    /** Sends nothing until {@code gate} opens. */
    @CanIgnoreReturnValue
    public PrimaryStream hold(CountDownLatch gate) {
        return then(new PrimaryStep.Hold(gate));
    }

    /** Neither sends nor reads until {@code gate} opens. */
    @CanIgnoreReturnValue
    public PrimaryStream deaf(CountDownLatch gate) {
        return then(new PrimaryStep.Deaf(gate));
    }

    /** Ends the timeline; another one follows. */
    @CanIgnoreReturnValue
    public PrimaryStream endOfTimeline(TimelineId next, Lsn nextStart) {
        return then(new PrimaryStep.EndOfTimeline(new EndResult(next, nextStart)));
    }

    /** Ends the timeline; none follows. */
    @CanIgnoreReturnValue
    public PrimaryStream endOfTimeline() {
        return then(new PrimaryStep.EndOfTimeline(EndResult.NONE));
    }

    /** Ends stream and connection as a server does that shuts down. */
    @CanIgnoreReturnValue
    public PrimaryStream shutdown() {
        return then(new PrimaryStep.Shutdown());
    }

    /** Ends the stream with an error; one of severity FATAL ends the connection too. */
    @CanIgnoreReturnValue
    public PrimaryStream fail(ErrorFields fields) {
        return then(new PrimaryStep.Fail(fields));
    }

    /** Ends the connection without a word. */
    @CanIgnoreReturnValue
    public PrimaryStream drop() {
        return then(new PrimaryStep.Drop());
    }

    /** Returns the end to answer with if there is nothing to stream, or null if there is. */
    public @Nullable EndResult nothingThere() {
        return nothingThere;
    }

    /** Does the steps in turn, until one ends the stream. */
    public void playOn(PrimaryOutlet outlet) {
        boolean more = true;
        for (int i = 0; i < steps.size() && more; i++) {
            more = steps.get(i).playOn(outlet);
        }
    }
}
