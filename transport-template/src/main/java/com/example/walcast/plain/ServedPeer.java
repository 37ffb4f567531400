// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AuthMethod;
import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.server.LoginErrors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has connected: a stranger, then a session, then somebody on the way out.
 *
 * <p>Threading: {@link SessionPeer} from any thread, the rest on the loop.
 */
final class ServedPeer implements Wire.Handler, SessionPeer {
    private static final int MAX_HELLO_BYTES = 16 << 10;
    private static final int COMMAND_SPARE_BYTES = 64;
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final PlainListener listener;
    private final Loop loop;
    private final InetSocketAddress client;
    private final Wire wire;
    private final ServedSession served;
    private State state = State.STRANGER;
    private long deadlineNs;

    private enum State {
        STRANGER,
        SESSION,
        /** The session knows that it is over; what was sent to the peer may still be under way. */
        LEAVING,
        GONE
    }

    ServedPeer(PlainListener listener, Loop loop, SocketChannel socket, InetSocketAddress client) throws IOException {
        this.listener = listener;
        this.loop = loop;
        this.client = client;
        this.wire = new Wire(loop, socket, MAX_HELLO_BYTES, this);
        this.served = new ServedSession(this, wire, listener.limits().sendBufferBytes());
        this.deadlineNs =
                System.nanoTime() + listener.limits().handshakeTimeout().toNanos();
    }

    InetSocketAddress client() {
        return client;
    }

    boolean isStranger() {
        return state == State.STRANGER;
    }

    boolean isSession() {
        return state == State.SESSION;
    }

    void checkDeadline(long nowNs) {
        if (state != State.SESSION && nowNs - deadlineNs > 0) {
            gone();
        }
    }

    /** Runs {@code task} on the loop as long as there is a session; what it throws ends the connection. */
    void post(Runnable task) {
        loop.execute(() -> run(task));
    }

    private void run(Runnable task) {
        if (state == State.SESSION) {
            try {
                task.run();
            } catch (RuntimeException e) {
                cut(CloseReason.ENDED_BY_SERVER);
            }
        }
    }

    @Override
    public void frame(char type, ByteBuffer body) {
        if (state == State.STRANGER) {
            login(type, body);
        } else {
            run(() -> {
                try {
                    handle(type, body);
                } catch (ProtocolViolationException e) {
                    violated();
                }
            });
        }
    }

    private void login(char type, ByteBuffer body) {
        try {
            if (type != Frames.HELLO || body.getInt() != Frames.VERSION) {
                violated();
                return;
            }
            Mode mode = Mode.valueOf(Frames.readText(body));
            String user = Frames.readText(body);
            String database = Frames.readText(body);
            begin(mode, user, database.isEmpty() ? null : database, Frames.readPairs(body));
        } catch (ServerErrorException e) {
            wire.send(Frames.ERROR, Frames.error(e.fields()));
            leave();
        } catch (RuntimeException e) {
            gone();
        }
    }

    private void begin(Mode mode, String user, @Nullable String database, Map<String, String> parameters) {
        AccessRequest request =
                new AccessRequest(client.getAddress(), false, user, mode == Mode.PHYSICAL ? null : database);
        AccessDecision decision = listener.service().access().decide(request);
        if (decision.method() == AuthMethod.REJECT) {
            throw new ServerErrorException(LoginErrors.rejected(request, decision));
        } else if (decision.method() != AuthMethod.TRUST) { // there is no proof that could be given here
            throw new ServerErrorException(LoginErrors.failed(decision.method(), user));
        }
        if (listener.isFull()) {
            throw new ServerErrorException(LoginErrors.tooManyClients());
        }
        SessionRequest session =
                new SessionRequest(mode, user, database, parameters, PlainReceiverTransport.NAME, client, null, null);
        ReplicationSession opened = listener.service().open(session, this);
        served.begin(opened);
        state = State.SESSION;
        wire.setMaxBodyBytes(listener.limits().commandBytes() + COMMAND_SPARE_BYTES);
        listener.peerChanged();
        wire.send(
                Frames.BEGUN,
                new Frames.Writer()
                        .int32(opened.pid())
                        .int32(listener.service().serverMajor())
                        .pairs(opened.parameters())
                        .body());
    }

    private void handle(char type, ByteBuffer body) {
        switch (type) {
            case Frames.COMMAND -> command(body);
            case Frames.COPY_DATA -> served.message(StandbyMessageCodec.decode(body));
            case Frames.COPY_DONE -> served.copyDone();
            case Frames.CANCEL -> served.cancelCommand();
            case Frames.GOODBYE -> cut(CloseReason.TERMINATED_BY_PEER);
            default -> violated();
        }
    }

    private void command(ByteBuffer body) {
        byte[] text = Frames.readText(body).getBytes(UTF_8);
        try {
            served.command(
                    ReplicationCommandParser.parse(text, listener.service().serverMajor()));
        } catch (ServerErrorException e) {
            served.refuse(e.fields());
        }
    }

    @Override
    public void written() {
        served.pullSoon();
    }

    @Override
    public void violated() {
        cut(CloseReason.PROTOCOL_VIOLATION);
    }

    @Override
    public void lost() {
        cut(CloseReason.CONNECTION_LOST);
    }

    /** Ends session and connection at once. */
    void cut(CloseReason reason) {
        tellSession(reason);
        gone();
    }

    /** Ends the session at once, and the connection when the peer has read all of it. */
    void leave() {
        tellSession(CloseReason.ENDED_BY_SERVER);
        if (state != State.GONE) {
            state = State.LEAVING;
            deadlineNs = System.nanoTime() + LINGER.toNanos();
            listener.peerChanged();
            wire.finish();
        }
    }

    private void tellSession(CloseReason reason) {
        if (state == State.SESSION) {
            state = State.LEAVING;
            served.closed(reason);
        }
    }

    private void gone() {
        if (state != State.GONE) {
            state = State.GONE;
            wire.close();
            listener.peerGone(this);
        }
    }

    @Override
    public void wake() {
        served.pullSoon();
    }

    @Override
    public void notice(ErrorFields fields) {
        post(() -> served.notice(fields));
    }

    @Override
    public void parameterChanged(String name, String value) {
        post(() -> wire.send(
                Frames.PARAMETER, new Frames.Writer().text(name).text(value).body()));
    }

    @Override
    public void terminate(ErrorFields fields) {
        post(() -> {
            wire.send(Frames.ERROR, Frames.error(fields));
            leave();
        });
    }

    @Override
    public void drop() {
        post(() -> cut(CloseReason.ENDED_BY_SERVER));
    }
}
