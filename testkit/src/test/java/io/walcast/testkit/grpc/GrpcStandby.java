// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.CommandWriter;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A standby over gRPC. It lets gRPC read only while it is asked for a message. One owner thread. */
final class GrpcStandby implements ScriptedStandby {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ONE_AT_A_TIME = 1;

    private final ClientSession session;
    private final Greeting.Begun begun;

    private GrpcStandby(ClientSession session, Greeting.Begun begun) {
        this.session = session;
        this.begun = begun;
    }

    static GrpcStandby connect(InetSocketAddress address, StandbyLogin login) {
        ClientSession session = new ClientSession(address, ONE_AT_A_TIME, () -> {});
        session.send(Greeting.startup(login));
        byte[] first = session.poll(PATIENCE);
        if (first != null && Frames.tag(first) == Frames.BEGUN) {
            return new GrpcStandby(session, Greeting.begun(first));
        }
        session.cut();
        if (first != null && decode(first) instanceof FromServer.Failed failed) {
            throw new ServerErrorException(failed.fields());
        }
        throw new IllegalStateException("no session (expected: one, or an error)");
    }

    private static FromServer decode(byte[] frame) {
        return new BackendMessage(Frames.tag(frame), Frames.body(frame)).decode();
    }

    @Override
    public int pid() {
        return begun.pid();
    }

    @Override
    public Map<String, String> parameters() {
        return begun.parameters();
    }

    @Override
    public void send(ReplicationCommand command) {
        session.send(Frames.frame(Frames.COMMAND, CommandWriter.text(command).getBytes(UTF_8)));
    }

    @Override
    public void send(StandbyMessage message) {
        session.send(message);
    }

    @Override
    public void copyDone() {
        session.send(Frames.frame(Frames.COPY_DONE, new byte[0]));
    }

    @Override
    public void cancel() {
        session.send(Frames.frame(Frames.CANCEL, new byte[0]));
    }

    @Override
    public boolean sendGarbage() {
        session.send(Frames.frame('?', new byte[0]));
        return true;
    }

    @Override
    public boolean sendMalformedCommand() {
        session.send(Frames.frame(Frames.COMMAND, "IDENTIFY_SYSTEM nonsense".getBytes(UTF_8)));
        return true;
    }

    @Override
    public void terminate() {
        session.terminate();
    }

    @Override
    public void cut() {
        session.cut();
    }

    @Override
    public @Nullable FromServer poll(Duration limit) {
        byte[] frame = session.poll(limit);
        if (frame != null) {
            return decode(frame);
        }
        return session.hasEnded() ? new FromServer.Closed() : null;
    }

    @Override
    public void close() {
        cut();
    }
}
