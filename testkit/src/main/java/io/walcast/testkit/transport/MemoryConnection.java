// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a scripted primary in the same process.
 *
 * <p>Threading: as {@link WalReceiverConnection} says; each stream has a thread that plays the primary.
 */
final class MemoryConnection implements WalReceiverConnection {
    private static final byte NO_LONGER_LENT = (byte) 0xDD;

    private final ConnectOptions options;
    private final PrimaryScript script;
    private final PrimaryAnswers answers;
    private final Latch stalled = new Latch();

    // Written by whoever closes, read by the owner.
    private final AtomicBoolean closed = new AtomicBoolean();
    // Written by the owner, read by whoever closes.
    private volatile @Nullable MemoryStream stream;

    private boolean streamDone;
    private boolean serverGone;
    private @Nullable ByteBuffer lent;
    private @Nullable WalException lost;

    private MemoryConnection(ConnectOptions options, PrimaryScript script) {
        this.options = options;
        this.script = script;
        this.answers = new PrimaryAnswers(script);
    }

    static MemoryConnection open(ConnectOptions options, PrimaryScript script) {
        MemoryConnection connection = new MemoryConnection(options, script);
        return connection.call(PrimaryCall.CONNECT, options.fallbackApplicationName(), () -> connection);
    }

    @Override
    public SenderInfo senderInfo() {
        beginCall();
        int major = script.serverMajor();
        return new SenderInfo("memory", 0, major * 10_000, 1, Map.of("server_version", major + ".0"), null);
    }

    @Override
    public SystemIdentity identifySystem() {
        return call(PrimaryCall.IDENTIFY_SYSTEM, "", answers::identifySystem);
    }

    @Override
    public String show(String parameter) {
        return call(PrimaryCall.SHOW, parameter, () -> answers.show(parameter));
    }

    @Override
    public TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        return call(PrimaryCall.TIMELINE_HISTORY, timeline.toString(), () -> answers.readTimelineHistory(timeline));
    }

    @Override
    public Optional<SlotPosition> readSlot(String slot) {
        return call(PrimaryCall.READ_SLOT, slot, () -> answers.readSlot(slot));
    }

    @Override
    public CreatedSlot createSlot(CreateSlot create) {
        return call(
                PrimaryCall.CREATE_SLOT,
                create.name(),
                () -> answers.createSlot(create.name(), create.plugin(), create.reserveWal()));
    }

    @Override
    public void alterSlot(AlterSlot alter) {
        call(PrimaryCall.ALTER_SLOT, alter.name(), () -> {
            answers.alterSlot(alter.name());
            return alter;
        });
    }

    @Override
    public void dropSlot(String slot, boolean wait) {
        call(PrimaryCall.DROP_SLOT, slot, () -> {
            answers.dropSlot(slot);
            return slot;
        });
    }

    @Override
    public ExecResult exec(String command, int maxBytes) {
        ExecResult result = call(PrimaryCall.EXEC, command, () -> answers.exec(command));
        long bytes = result.rows().stream()
                .flatMap(List::stream)
                .mapToLong(value -> value == null ? 0 : value.length())
                .sum();
        if (bytes > maxBytes) {
            throw lose(new ProtocolViolationException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "answer: above %d bytes".formatted(maxBytes)));
        }
        return result;
    }

    @Override
    public StartResult startStreaming(StreamOptions streamOptions) {
        PrimaryStream next = call(PrimaryCall.START_STREAMING, describe(streamOptions), script::takeStream);
        EndResult nothingThere = next.nothingThere();
        if (nothingThere != null) {
            return new StartResult.NothingThere(nothingThere);
        }
        MemoryStream started =
                new MemoryStream(next, script.journal(), options.latch(), options.windowBytesOr(4 << 20));
        stream = started;
        streamDone = false;
        Thread primary = new Thread(started, "walcast-memory-primary");
        primary.setDaemon(true);
        primary.start();
        if (closed.get()) {
            started.end();
        }
        return new StartResult.Streaming();
    }

    private static String describe(StreamOptions streamOptions) {
        String slot = streamOptions.slot() == null ? "" : streamOptions.slot() + " ";
        return streamOptions instanceof StreamOptions.Physical physical
                ? slot + physical.start() + "/" + physical.timeline()
                : slot + streamOptions.start();
    }

    @Override
    public @Nullable ServerMessage receive() {
        beginCall();
        MemoryStream current = streaming();
        if (streamDone) {
            return null;
        }
        ServerMessage message;
        try {
            message = current.poll();
        } catch (WalException e) {
            throw failed(e);
        }
        if (message instanceof XLogData data) {
            return lend(data);
        }
        if (message instanceof EndOfStream end) {
            streamDone = true;
            serverGone = end.reason() == EndOfStream.Reason.SHUTDOWN;
        }
        return message;
    }

    private XLogData lend(XLogData data) {
        ByteBuffer copy = ByteBuffer.allocateDirect(data.payload().remaining());
        copy.put(data.payload().duplicate()).flip();
        lent = copy;
        return new XLogData(data.start(), data.serverEnd(), data.sentAt(), copy.asReadOnlyBuffer());
    }

    @Override
    public boolean send(StandbyMessage message) {
        beginCall();
        return streaming().offer(message);
    }

    @Override
    public EndResult endStreaming() {
        beginCall();
        EndResult end = streaming().end();
        stream = null;
        if (serverGone) {
            throw lose(new ConnectionException("server has shut down", null));
        }
        return end;
    }

    private MemoryStream streaming() {
        MemoryStream current = stream;
        if (current == null) {
            throw new IllegalStateException("no stream (expected: one that was started)");
        }
        return current;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        script.journal().disconnected();
        MemoryStream current = stream;
        if (current != null) {
            current.end();
        }
        stalled.set();
        options.latch().set();
    }

    /** What was lent is given back. */
    private void beginCall() {
        ByteBuffer buffer = lent;
        if (buffer != null) {
            lent = null;
            for (int i = 0; i < buffer.limit(); i++) {
                buffer.put(i, NO_LONGER_LENT);
            }
        }
        if (closed.get()) {
            throw new ConnectionException("connection is closed", null);
        }
        if (lost != null) {
            throw new ConnectionException("connection is lost: " + lost.getMessage(), lost);
        }
    }

    private <T> T call(PrimaryCall call, String argument, Supplier<T> answer) {
        beginCall();
        options.cancellation().check(call.name());
        if (stream != null) {
            throw new IllegalStateException("streaming (expected: endStreaming first)");
        }
        script.journal().called(call, argument);
        Reaction reaction = script.takeReaction(call);
        while (reaction instanceof Reaction.Notice notice) {
            options.noticeListener().accept(notice.fields());
            reaction = script.takeReaction(call);
        }
        if (reaction instanceof Reaction.Stall) {
            throw stall(call);
        }
        if (reaction instanceof Reaction.Fail fail) {
            throw failed(new ServerErrorException(fail.fields()));
        }
        if (reaction instanceof Reaction.Drop) {
            throw lose(new ConnectionException("server closed the connection unexpectedly", null));
        }
        return answer.get();
    }

    private WalException stall(PrimaryCall call) {
        long timeoutNs = options.timeout().toNanos();
        Registration wake = options.cancellation().onRequest(stalled::set);
        boolean woken = stalled.await(timeoutNs == 0 ? Long.MAX_VALUE : timeoutNs);
        wake.close();
        if (!woken) {
            return lose(new ConnectionException(call + ": no answer within " + options.timeout(), null));
        }
        options.cancellation().check(call.name());
        return new ConnectionException("connection is closed", null);
    }

    private WalException failed(WalException reason) {
        stream = null;
        boolean usable = reason instanceof ServerErrorException error
                && !error.fields().severity().equals("FATAL");
        return usable ? reason : lose(reason);
    }

    private WalException lose(WalException reason) {
        lost = reason;
        return reason;
    }
}
