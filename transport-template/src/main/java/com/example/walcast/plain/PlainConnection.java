// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.EndOfStream.Reason;
import io.walcast.core.protocol.ServerMessageCodec;
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
import io.walcast.transport.client.QueryResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The receiving end. Threading: as {@link WalReceiverConnection} says. */
final class PlainConnection implements WalReceiverConnection {
    private static final int MAX_ANSWER_BYTES = 2 << 20;
    private static final int VERSION_FACTOR = 10_000;

    private final Calls calls;
    private final SenderInfo senderInfo;
    private Copy copy = Copy.NONE;

    /** Where a stream is. */
    private enum Copy {
        NONE,
        STREAMING,
        /** The server has ended its direction. */
        ENDED,
        SHUT_DOWN
    }

    private PlainConnection(Calls calls, SenderInfo senderInfo) {
        this.calls = calls;
        this.senderInfo = senderInfo;
    }

    static PlainConnection open(PlainAddress address, ConnectOptions options) {
        options.cancellation().check("connect");
        SocketChannel socket = connect(address, options);
        Calls calls;
        try {
            calls = new Calls(socket, options);
        } catch (IOException e) {
            throw unreachable(address, e);
        }
        String applicationName = address.applicationName();
        Frames.Writer hello = new Frames.Writer()
                .int32(Frames.VERSION)
                .text(options.mode().name())
                .text(address.userOf(options.environment()))
                .text("")
                .pairs(Map.of(
                        "application_name",
                        applicationName == null ? options.fallbackApplicationName() : applicationName));
        calls.send(Frames.HELLO, hello.body());
        Calls.Frame begun = calls.await("connect", Deadline.after(options.timeout()));
        if (begun.type() != Frames.BEGUN) {
            WalException refusal = calls.failed(begun);
            calls.close();
            throw refusal;
        }
        ByteBuffer body = begun.body();
        int pid = body.getInt();
        int version = body.getInt() * VERSION_FACTOR;
        Map<String, String> parameters = Frames.readPairs(body);
        return new PlainConnection(
                calls, new SenderInfo(address.host(), address.port(), version, pid, parameters, null));
    }

    private static SocketChannel connect(PlainAddress address, ConnectOptions options) {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new ConnectionException("could not translate host name \"%s\"".formatted(address.host()), null);
        }
        SocketChannel socket;
        try {
            socket = SocketChannel.open();
        } catch (IOException e) {
            throw unreachable(address, e);
        }
        Cancellation.Registration cut = options.cancellation().onRequest(() -> close(socket));
        try {
            socket.socket().connect(resolved, (int)
                    Math.min(Integer.MAX_VALUE, options.timeout().toMillis()));
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return socket;
        } catch (IOException e) {
            close(socket);
            options.cancellation().check("connect");
            throw unreachable(address, e);
        } finally {
            cut.close();
        }
    }

    private static ConnectionException unreachable(PlainAddress address, IOException e) {
        return new ConnectionException("connection to %s failed: %s".formatted(address, e.getMessage()), e);
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    @Override
    public SenderInfo senderInfo() {
        calls.check();
        return senderInfo;
    }

    @Override
    public SystemIdentity identifySystem() {
        return CommandAnswers.systemIdentity(run(CommandText.IDENTIFY_SYSTEM));
    }

    @Override
    public String show(String parameter) {
        return CommandAnswers.shown(run(CommandText.show(parameter)), parameter);
    }

    @Override
    public TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        return CommandAnswers.timelineHistory(run(CommandText.timelineHistory(timeline)), timeline);
    }

    @Override
    public Optional<SlotPosition> readSlot(String slot) {
        return CommandAnswers.slotPosition(run(CommandText.readSlot(slot, senderInfo.serverMajor())));
    }

    @Override
    public CreatedSlot createSlot(CreateSlot options) {
        return CommandAnswers.createdSlot(run(CommandText.createSlot(options, senderInfo.serverMajor())));
    }

    @Override
    public void alterSlot(AlterSlot options) {
        run(CommandText.alterSlot(options, senderInfo.serverMajor()));
    }

    @Override
    public void dropSlot(String slot, boolean wait) {
        run(CommandText.dropSlot(slot, wait));
    }

    @Override
    public ExecResult exec(String command, int maxBytes) {
        List<QueryResult> results = run(command, maxBytes).results();
        QueryResult last =
                results.isEmpty() ? new QueryResult(List.of(), List.of(), "") : results.get(results.size() - 1);
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (List<byte @Nullable []> row : last.rows()) {
            List<@Nullable String> values = new ArrayList<>();
            for (byte[] value : row) {
                values.add(QueryResult.text(value));
            }
            rows.add(values);
        }
        return new ExecResult(last.columns(), rows, last.tag());
    }

    private List<QueryResult> run(String command) {
        return run(command, MAX_ANSWER_BYTES).results();
    }

    private Calls.Answer run(String command, int maxBytes) {
        calls.check();
        if (copy != Copy.NONE) {
            throw new IllegalStateException("streaming (expected: endStreaming first)");
        }
        return calls.run(command, maxBytes);
    }

    @Override
    public StartResult startStreaming(StreamOptions options) {
        Calls.Answer answer = run(CommandText.startReplication(options), MAX_ANSWER_BYTES);
        if (answer.streams()) {
            copy = Copy.STREAMING;
            return new StartResult.Streaming();
        }
        return new StartResult.NothingThere(CommandAnswers.endOfTimeline(answer.results()));
    }

    @Override
    public @Nullable ServerMessage receive() {
        checkStreaming();
        Calls.Frame frame = copy == Copy.STREAMING ? calls.poll() : null;
        if (frame == null) {
            return null;
        }
        switch (frame.type()) {
            case Frames.COPY_DATA -> {
                return ServerMessageCodec.decode(frame.body());
            }
            case Frames.COPY_DONE -> {
                copy = Copy.ENDED;
                return new EndOfStream(Reason.END_OF_TIMELINE);
            }
            case Frames.COMPLETE -> {
                copy = Copy.SHUT_DOWN;
                return new EndOfStream(Reason.SHUTDOWN);
            }
            default -> {
                copy = Copy.NONE;
                throw calls.failed(frame);
            }
        }
    }

    @Override
    public boolean send(StandbyMessage message) {
        checkStreaming();
        if (!calls.hasRoom()) {
            return false;
        }
        calls.send(Frames.COPY_DATA, Frames.standbyMessage(message));
        return true;
    }

    @Override
    public EndResult endStreaming() {
        checkStreaming();
        if (copy == Copy.SHUT_DOWN) {
            throw calls.lose(new ConnectionException("server has shut down", null));
        }
        copy = Copy.NONE;
        calls.send(Frames.COPY_DONE, Frames.EMPTY);
        return CommandAnswers.endOfTimeline(
                calls.answer("the end of the stream", MAX_ANSWER_BYTES).results());
    }

    private void checkStreaming() {
        calls.check();
        if (copy == Copy.NONE) {
            throw new IllegalStateException("no stream (expected: one that was started)");
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
