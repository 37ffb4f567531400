// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

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
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.OwnerGate;
import io.walcast.transport.client.QueryResult;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CopyDone;
import io.walcast.transport.grpc.v1.SessionRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session that has begun.
 *
 * <p>Threading: as the interface says. All protocol state is confined to the owner; gRPC's thread only moves messages, see
 * {@link SessionCall}. Each call of the owner passes the {@link OwnerGate}, which is what makes {@link #close} safe at any
 * moment.
 */
final class GrpcConnection implements WalReceiverConnection {
    private final SessionCall call;
    private final SessionDialogue dialogue;
    private final SenderInfo senderInfo;
    private final Duration timeout;
    private final OwnerGate gate;
    private final Cancellation.Registration cancellation;
    private @Nullable ReplicationStream stream;
    private @Nullable WalException broken;

    GrpcConnection(SessionDialogue dialogue, SenderInfo senderInfo, ConnectOptions options) {
        this.call = dialogue.call();
        this.dialogue = dialogue;
        this.senderInfo = senderInfo;
        this.timeout = options.timeout();
        this.gate = new OwnerGate(this::releaseLent);
        this.cancellation = options.cancellation().onRequest(call::wake);
    }

    private void releaseLent() {
        ReplicationStream current = stream;
        if (current != null) {
            current.release();
        }
    }

    @Override
    public SenderInfo senderInfo() {
        return senderInfo;
    }

    @Override
    public SystemIdentity identifySystem() {
        return call(() -> CommandAnswers.systemIdentity(run(CommandRequests.identifySystem())));
    }

    @Override
    public String show(String parameter) {
        return call(() -> CommandAnswers.shown(run(CommandRequests.show(parameter)), parameter));
    }

    @Override
    public TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        return call(() -> CommandAnswers.timelineHistory(run(CommandRequests.timelineHistory(timeline)), timeline));
    }

    @Override
    public Optional<SlotPosition> readSlot(String slot) {
        return call(() -> CommandAnswers.slotPosition(run(CommandRequests.readSlot(slot))));
    }

    @Override
    public CreatedSlot createSlot(CreateSlot options) {
        return call(() -> CommandAnswers.createdSlot(run(CommandRequests.createSlot(options))));
    }

    @Override
    public void alterSlot(AlterSlot options) {
        call(() -> run(CommandRequests.alterSlot(options)));
    }

    @Override
    public void dropSlot(String slot, boolean wait) {
        call(() -> run(CommandRequests.dropSlot(slot, wait)));
    }

    @Override
    public ExecResult exec(String command, int maxBytes) {
        return call(() -> result(run(CommandRequests.text(command), maxBytes)));
    }

    /** Returns the last result as text; a command may bring several. */
    private static ExecResult result(List<QueryResult> results) {
        if (results.isEmpty()) {
            throw new ProtocolViolationException("no result for a command");
        }
        QueryResult last = results.get(results.size() - 1);
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (List<byte @Nullable []> row : last.rows()) {
            List<@Nullable String> texts = new ArrayList<>();
            row.forEach(value -> texts.add(QueryResult.text(value)));
            rows.add(texts);
        }
        return new ExecResult(last.columns(), rows, last.tag());
    }

    private List<QueryResult> run(Command command) {
        return run(command, SessionDialogue.LARGEST_ANSWER_BYTES);
    }

    private List<QueryResult> run(Command command, long maxBytes) {
        requireIdle();
        SessionDialogue.Outcome outcome = dialogue.run(command, new AnswerLimit(maxBytes), Deadline.after(timeout));
        if (outcome.copyBoth()) {
            throw new ProtocolViolationException("unexpected CopyBoth");
        }
        return outcome.results();
    }

    private void requireIdle() {
        ReplicationStream current = stream;
        if (current != null && current.state() != ReplicationStream.State.ENDED) {
            if (current.state() != ReplicationStream.State.FAILED) {
                throw new IllegalStateException("another command is already in progress");
            }
            dialogue.oweReady();
        }
        releaseLent();
        stream = null;
    }

    @Override
    public StartResult startStreaming(StreamOptions options) {
        return call(() -> {
            requireIdle();
            SessionDialogue.Outcome outcome = dialogue.run(
                    CommandRequests.startReplication(options),
                    new AnswerLimit(SessionDialogue.LARGEST_ANSWER_BYTES),
                    Deadline.after(timeout));
            if (!outcome.copyBoth()) {
                return new StartResult.NothingThere(CommandAnswers.endOfTimeline(outcome.results()));
            }
            stream = new ReplicationStream(dialogue, options instanceof StreamOptions.Logical);
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
            if (call.isDry()) {
                throw breakUnlessUsable(call.lost());
            }
            return call.standbySender().offer(message);
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
            call.send(SessionRequest.newBuilder()
                    .setCopyDone(CopyDone.getDefaultInstance())
                    .build());
            current.drain(deadline, "end of streaming");
            if (current.state() == ReplicationStream.State.SHUTDOWN) {
                current.ended();
                return EndResult.NONE;
            }
            SessionDialogue.Outcome outcome = dialogue.collectAfterStream(endedByUs, deadline);
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
        WalException earlier = broken;
        if (earlier != null) {
            gate.exit(false);
            throw new ConnectionException("connection is not usable any more: " + earlier.getMessage(), earlier);
        }
    }

    /** After an ERROR of the server the dialogue goes on; after anything else nobody knows where it stands. */
    private WalException breakUnlessUsable(WalException e) {
        boolean usable =
                e instanceof ServerErrorException error && !SessionDialogue.isFatal(error.fields()) && !call.isDry();
        if (!usable) {
            broken = e;
        }
        return e;
    }

    @Override
    public void close() {
        if (gate.close()) {
            cancellation.close();
            call.close();
        }
    }
}
