// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.ipc.Cancellation;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.ExecResult;
import io.walcast.transport.SenderInfo;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.StartResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.CommandText;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.OwnerGate;
import io.walcast.transport.client.QueryResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An authenticated connection.
 *
 * <p>Threading: as the interface says. All protocol state is confined to the owner; the event loop only moves bytes, see
 * {@link Wire}. Each call of the owner passes the {@link OwnerGate}, which is what makes {@link #close} safe at any
 * moment.
 */
final class LibpqConnection implements WalReceiverConnection {
    private static final String BUSY = "another command is already in progress";

    private final ServerSession session;
    private final FrameReader frames;
    private final SimpleQuery query;
    private final SenderInfo senderInfo;
    private final Duration timeout;
    private final FrameLimits limits;
    private final OwnerGate gate;
    private final LoopThread loop;
    private final Cancellation.Registration cancellation;
    private @Nullable ReplicationStream stream;
    private @Nullable WalException broken;

    LibpqConnection(EstablishedSession established, ConnectOptions options, FrameLimits limits, LoopThread loop) {
        this.session = established.session();
        this.frames = session.frames();
        this.query = new SimpleQuery(session);
        this.senderInfo = established.senderInfo();
        this.timeout = options.timeout();
        this.limits = limits;
        this.loop = loop;
        this.gate = new OwnerGate(frames::release);
        this.cancellation = options.cancellation().onRequest(session.wire()::wake);
    }

    @Override
    public SenderInfo senderInfo() {
        return senderInfo;
    }

    @Override
    public SystemIdentity identifySystem() {
        SimpleQuery.Inspector columns = new SimpleQuery.Inspector() {
            @Override
            public void columns(List<String> names) {
                CommandAnswers.checkIdentityColumns(names.size());
            }

            @Override
            public void row(List<byte @Nullable []> values) {}
        };
        return call(() -> CommandAnswers.systemIdentity(run(CommandText.IDENTIFY_SYSTEM, columns)));
    }

    @Override
    public String show(String parameter) {
        String command = CommandText.show(parameter);
        return call(() -> CommandAnswers.shown(run(command), parameter));
    }

    @Override
    public TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        return call(() -> {
            int roomForName = 64;
            frames.limitTo(limits.withDataRow(
                    CommandAnswers.LARGEST_HISTORY_BYTES + roomForName, "history content longer than 1 MB"));
            try {
                return CommandAnswers.timelineHistory(run(CommandText.timelineHistory(timeline)), timeline);
            } finally {
                frames.limitTo(limits);
            }
        });
    }

    @Override
    public Optional<SlotPosition> readSlot(String slot) {
        String command = CommandText.readSlot(slot, senderInfo.serverMajor());
        return call(() -> CommandAnswers.slotPosition(run(command)));
    }

    @Override
    public CreatedSlot createSlot(CreateSlot options) {
        String command = CommandText.createSlot(options, senderInfo.serverMajor());
        return call(() -> CommandAnswers.createdSlot(run(command)));
    }

    @Override
    public void alterSlot(AlterSlot options) {
        String command = CommandText.alterSlot(options, senderInfo.serverMajor());
        call(() -> run(command));
    }

    @Override
    public void dropSlot(String slot, boolean wait) {
        String command = CommandText.dropSlot(slot, wait);
        call(() -> run(command));
    }

    @Override
    public ExecResult exec(String command, int maxBytes) {
        return call(() -> {
            ExecAnswer answer = new ExecAnswer(maxBytes);
            frames.limitTo(limits.withDataRow(answer.largestRowBytes(), ExecAnswer.TOO_LONG));
            try {
                return answer.of(run(command, answer));
            } finally {
                frames.limitTo(limits);
            }
        });
    }

    private List<QueryResult> run(String command) {
        return run(command, SimpleQuery.Inspector.ANYTHING);
    }

    private List<QueryResult> run(String command, SimpleQuery.Inspector inspector) {
        requireIdle();
        SimpleQuery.Outcome outcome = query.run(command, inspector, Deadline.after(timeout));
        if (outcome.copyBoth()) {
            throw new ProtocolViolationException("unexpected CopyBothResponse");
        }
        return outcome.results();
    }

    private void requireIdle() {
        ReplicationStream current = stream;
        if (current != null && current.state() != ReplicationStream.State.ENDED) {
            if (current.state() != ReplicationStream.State.FAILED) {
                throw new IllegalStateException(BUSY);
            }
            query.oweReady();
        }
        stream = null;
    }

    @Override
    public StartResult startStreaming(StreamOptions options) {
        String command = CommandText.startReplication(options);
        return call(() -> {
            requireIdle();
            SimpleQuery.Outcome outcome = query.run(command, SimpleQuery.Inspector.ANYTHING, Deadline.after(timeout));
            if (!outcome.copyBoth()) {
                return new StartResult.NothingThere(CommandAnswers.endOfTimeline(outcome.results()));
            }
            stream = new ReplicationStream(session, options instanceof StreamOptions.Logical);
            return new StartResult.Streaming();
        });
    }

    @Override
    public @Nullable ServerMessage receive() {
        enter();
        boolean lent = false;
        try {
            ServerMessage message = requireStream().receive();
            lent = message instanceof XLogData;
            return message;
        } catch (WalException e) {
            throw breakUnlessUsable(e);
        } finally {
            gate.exit(lent);
        }
    }

    private ReplicationStream requireStream() {
        ReplicationStream current = stream;
        if (current == null) {
            throw new IllegalStateException("not streaming");
        }
        return current;
    }

    @Override
    public boolean send(StandbyMessage message) {
        enter();
        try {
            requireStream();
            if (session.wire().isDry()) {
                throw breakUnlessUsable(session.lost());
            }
            return session.wire().standbySender().offer(message);
        } finally {
            gate.exit(false);
        }
    }

    @Override
    public EndResult endStreaming() {
        return call(() -> {
            ReplicationStream current = requireStream();
            if (current.state() == ReplicationStream.State.SHUTDOWN) {
                current.ended();
                return EndResult.NONE;
            }
            boolean endedByUs = current.state() == ReplicationStream.State.STREAMING;
            Deadline deadline = Deadline.after(timeout);
            session.wire().send(FrontendMessages.copyDone());
            current.drain(deadline, "end of streaming");
            if (current.state() == ReplicationStream.State.SHUTDOWN) {
                current.ended();
                return EndResult.NONE;
            }
            SimpleQuery.Outcome outcome = query.collectAfterStream(endedByUs, deadline);
            current.ended();
            return CommandAnswers.endOfTimeline(outcome.results());
        });
    }

    private <T> T call(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } catch (WalException e) {
            throw breakUnlessUsable(e);
        } finally {
            gate.exit(false);
        }
    }

    private void enter() {
        gate.enter();
        frames.releaseLent();
        WalException earlier = broken;
        if (earlier != null) {
            gate.exit(false);
            throw new ConnectionException("connection is not usable any more: " + earlier.getMessage(), earlier);
        }
    }

    /** After an ERROR of the server the dialogue goes on; after anything else nobody knows where it stands. */
    private WalException breakUnlessUsable(WalException e) {
        boolean usable = e instanceof ServerErrorException error && !ReplicationStream.isFatal(error.fields());
        if (!usable) {
            broken = e;
        }
        return e;
    }

    @Override
    public void close() {
        if (gate.close()) {
            cancellation.close();
            session.wire().close(FrontendMessages.terminate());
            loop.close();
        }
    }
}
