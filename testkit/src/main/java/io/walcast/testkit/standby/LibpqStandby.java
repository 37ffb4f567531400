// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.ConnectOptions.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A standby that speaks PostgreSQL's protocol on a plain socket. What no standby would send goes through {@link #socket}.
 *
 * <p>Threading: one owner thread.
 */
public final class LibpqStandby implements ScriptedStandby {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MALFORMED_LENGTH = 2;

    private final InetSocketAddress address;
    private final LibpqSocket socket;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private int pid;
    private byte[] cancelKey = new byte[0];

    private LibpqStandby(InetSocketAddress address, LibpqSocket socket) {
        this.address = address;
        this.socket = socket;
    }

    /**
     * Connects without encryption to a server that asks for no proof, with protocol 3.0.
     *
     * @throws ServerErrorException if it is refused
     */
    public static LibpqStandby connect(InetSocketAddress address, StandbyLogin login) throws IOException {
        LibpqSocket socket = LibpqSocket.open(address);
        try {
            return begin(address, socket, FrontendBytes.PROTOCOL_3_0, login);
        } catch (RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Begins the session on a socket on which nothing was said yet, or nothing but the request for TLS.
     *
     * @throws ServerErrorException if it is refused
     */
    public static LibpqStandby begin(InetSocketAddress address, LibpqSocket socket, int protocol, StandbyLogin login) {
        LibpqStandby standby = new LibpqStandby(address, socket);
        socket.send(FrontendBytes.startup(protocol, startupParameters(login)));
        standby.awaitReady();
        return standby;
    }

    /** Returns the parameters of the startup packet by which a standby presents itself so. */
    public static Map<String, String> startupParameters(StandbyLogin login) {
        Map<String, String> startup = new LinkedHashMap<>();
        startup.put("user", login.user());
        if (login.database() != null) {
            startup.put("database", login.database());
        }
        if (login.mode() != Mode.SQL) {
            startup.put("replication", login.mode() == Mode.PHYSICAL ? "true" : "database");
        }
        startup.putAll(login.parameters());
        return startup;
    }

    private void awaitReady() {
        while (true) {
            BackendMessage message = socket.read(PATIENCE);
            if (message == null) {
                throw new UncheckedIOException(new IOException(
                        socket.hasEnded() ? "the server has closed the connection" : "the server is silent"));
            }
            if (message.tag() == 'Z') {
                return;
            }
            startup(message);
        }
    }

    private void startup(BackendMessage message) {
        ByteBuffer body = message.body();
        switch (message.tag()) {
            case 'R' -> {
                int code = body.getInt();
                if (code != 0) {
                    throw new AssertionError("the server wants a proof: code " + code);
                }
            }
            case 'K' -> {
                pid = body.getInt();
                cancelKey = new byte[body.remaining()];
                body.get(cancelKey);
            }
            case 'S' -> {
                if (message.decode() instanceof FromServer.ParameterStatus status) {
                    parameters.put(status.name(), status.value());
                }
            }
            case 'E' -> {
                if (message.decode() instanceof FromServer.Failed failed) {
                    throw new ServerErrorException(failed.fields());
                }
            }
            default -> {
                // NoticeResponse, NegotiateProtocolVersion
            }
        }
    }

    /** Returns the socket, for bytes that no standby would send. */
    public LibpqSocket socket() {
        return socket;
    }

    /** Returns the secret for cancel requests. */
    public byte[] cancelKey() {
        return cancelKey.clone();
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Map<String, String> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public void send(ReplicationCommand command) {
        query(CommandWriter.text(command));
    }

    /** Sends the text of a command. */
    public void query(String text) {
        socket.send(FrontendBytes.query(text));
    }

    @Override
    public void send(StandbyMessage message) {
        socket.send(FrontendBytes.copyData(message));
    }

    @Override
    public void copyDone() {
        socket.send(FrontendBytes.copyDone());
    }

    @Override
    public void cancel() {
        try (LibpqSocket request = LibpqSocket.open(address)) {
            request.send(FrontendBytes.cancelRequest(pid, cancelKey));
            request.readByte(PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void terminate() {
        socket.send(FrontendBytes.terminate());
        socket.close();
    }

    @Override
    public void cut() {
        socket.close();
    }

    @Override
    public boolean sendGarbage() {
        socket.send(ByteBuffer.allocate(1 + Integer.BYTES)
                .put((byte) 'Q')
                .putInt(MALFORMED_LENGTH)
                .array());
        return true;
    }

    @Override
    public boolean sendMalformedCommand() {
        query("IDENTIFY_SYSTEM nonsense");
        return true;
    }

    @Override
    public @Nullable FromServer poll(Duration limit) {
        BackendMessage message = socket.read(limit);
        if (message != null) {
            return message.decode();
        }
        return socket.hasEnded() ? new FromServer.Closed() : null;
    }

    @Override
    public void close() {
        cut();
    }
}
