// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FromServer.DataRow;
import io.walcast.testkit.standby.StandbyLogin;
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
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The receiving end over gRPC. Threading: as {@link WalReceiverConnection} says. */
final class GrpcConnection implements WalReceiverConnection {
    private final InetSocketAddress address;
    private final ControlCalls calls;
    private final Greeting.Begun begun;
    private @Nullable ReceivedCopy copy;

    private GrpcConnection(InetSocketAddress address, ControlCalls calls, Greeting.Begun begun) {
        this.address = address;
        this.calls = calls;
        this.begun = begun;
    }

    static GrpcConnection open(InetSocketAddress address, ConnectOptions options) {
        ControlCalls calls = new ControlCalls(address, options);
        StandbyLogin login = new StandbyLogin(
                options.mode(), "walreceiver", null, Map.of("application_name", options.fallbackApplicationName()));
        return new GrpcConnection(address, calls, calls.begin(login));
    }

    @Override
    public SenderInfo senderInfo() {
        calls.check();
        String version = begun.parameters().getOrDefault("server_version", "0");
        int major = Integer.parseInt(version.substring(0, version.indexOf('.')));
        return new SenderInfo(
                address.getHostString(), address.getPort(), major * 10_000, begun.pid(), begun.parameters(), null);
    }

    @Override
    public SystemIdentity identifySystem() {
        DataRow row = run(new IdentifySystem(), Integer.MAX_VALUE).rows().get(0);
        return new SystemIdentity(
                new SystemIdentifier(Long.parseUnsignedLong(text(row, 0))),
                TimelineId.parse(text(row, 1)),
                Lsn.parse(text(row, 2)),
                row.latin1(3));
    }

    @Override
    public String show(String parameter) {
        return text(run(new Show(parameter), Integer.MAX_VALUE).rows().get(0), 0);
    }

    @Override
    public TimelineHistoryFile readTimelineHistory(TimelineId timeline) {
        DataRow row =
                run(new TimelineHistoryOf(timeline), Integer.MAX_VALUE).rows().get(0);
        byte[] content = row.values().get(1);
        return new TimelineHistoryFile(
                timeline, text(row, 0), ByteBuffer.wrap(content == null ? new byte[0] : content));
    }

    @Override
    public Optional<SlotPosition> readSlot(String slot) {
        DataRow row =
                run(new ReadReplicationSlot(slot), Integer.MAX_VALUE).rows().get(0);
        String type = row.latin1(0);
        String lsn = row.latin1(1);
        String timeline = row.latin1(2);
        return type == null
                ? Optional.empty()
                : Optional.of(new SlotPosition(
                        type,
                        lsn == null ? null : Lsn.parse(lsn),
                        timeline == null ? null : TimelineId.parse(timeline)));
    }

    @Override
    public CreatedSlot createSlot(CreateSlot create) {
        CreateReplicationSlot command = new CreateReplicationSlot(
                create.name(), create.temporary(), create.plugin(), create.reserveWal(), null, false, false);
        DataRow row = run(command, Integer.MAX_VALUE).rows().get(0);
        return new CreatedSlot(text(row, 0), Lsn.parse(text(row, 1)), row.latin1(2), row.latin1(3));
    }

    @Override
    public void alterSlot(AlterSlot alter) {
        run(new AlterReplicationSlot(alter.name(), alter.failover(), alter.twoPhase()), Integer.MAX_VALUE);
    }

    @Override
    public void dropSlot(String slot, boolean wait) {
        run(new DropReplicationSlot(slot, wait), Integer.MAX_VALUE);
    }

    @Override
    public ExecResult exec(String command, int maxBytes) {
        ControlCalls.Answer answer = run(new Sql(command), maxBytes);
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (DataRow row : answer.rows()) {
            List<@Nullable String> values = new ArrayList<>();
            for (byte[] value : row.values()) {
                values.add(value == null ? null : new String(value, StandardCharsets.UTF_8));
            }
            rows.add(values);
        }
        return new ExecResult(answer.columns(), rows, answer.tag());
    }

    private static String text(DataRow row, int column) {
        String value = row.latin1(column);
        if (value == null) {
            throw new IllegalStateException("column " + column + ": NULL (expected: a value)");
        }
        return value;
    }

    @Override
    public StartResult startStreaming(StreamOptions options) {
        StreamOptions.Physical physical = (StreamOptions.Physical) options;
        ControlCalls.Answer answer =
                run(new StartReplication(physical.slot(), physical.start(), physical.timeline()), Integer.MAX_VALUE);
        if (answer.streams()) {
            copy = new ReceivedCopy(calls);
            return new StartResult.Streaming();
        }
        return new StartResult.NothingThere(endResult(answer.rows()));
    }

    static EndResult endResult(List<DataRow> rows) {
        return rows.isEmpty()
                ? EndResult.NONE
                : new EndResult(TimelineId.parse(text(rows.get(0), 0)), Lsn.parse(text(rows.get(0), 1)));
    }

    private ControlCalls.Answer run(ReplicationCommand command, int maxBytes) {
        calls.check();
        ReceivedCopy current = copy;
        if (current != null && !current.hasFailed()) {
            throw new IllegalStateException("streaming (expected: endStreaming first)");
        }
        copy = null;
        return calls.run(command, maxBytes);
    }

    @Override
    public @Nullable ServerMessage receive() {
        return streaming().receive();
    }

    @Override
    public boolean send(StandbyMessage message) {
        return streaming().send(message);
    }

    @Override
    public EndResult endStreaming() {
        EndResult end = streaming().end();
        copy = null;
        return end;
    }

    private ReceivedCopy streaming() {
        calls.check();
        ReceivedCopy current = copy;
        if (current == null) {
            throw new IllegalStateException("no stream (expected: one that was started)");
        }
        return current;
    }

    @Override
    public void close() {
        calls.close();
    }

    /** Returns whether a message says nothing about the command under way. */
    static boolean isAside(FromServer message) {
        return message instanceof FromServer.ParameterStatus || message instanceof FromServer.Notice;
    }
}
