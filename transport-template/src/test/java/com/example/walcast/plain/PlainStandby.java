// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.CommandWriter;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A standby that blocks on its socket. What it sends once the server is gone is lost. */
final class PlainStandby implements ScriptedStandby {
    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int pid;
    private Map<String, String> parameters = Map.of();

    private PlainStandby(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    static PlainStandby connect(InetSocketAddress address, StandbyLogin login) throws IOException {
        Socket socket = new Socket();
        socket.connect(address, PATIENCE_MS);
        PlainStandby standby = new PlainStandby(socket);
        try {
            standby.begin(login);
            return standby;
        } catch (IOException e) {
            socket.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void begin(StandbyLogin login) throws IOException {
        Frames.Writer hello = new Frames.Writer()
                .int32(Frames.VERSION)
                .text(login.mode().name())
                .text(login.user())
                .text(login.database() == null ? "" : login.database())
                .pairs(login.parameters());
        write(Frames.HELLO, hello.body());
        socket.setSoTimeout(PATIENCE_MS);
        char type = (char) in.readByte();
        ByteBuffer body = readBody();
        if (type != Frames.BEGUN) {
            throw new ServerErrorException(Frames.readError(body));
        }
        pid = body.getInt();
        body.getInt();
        parameters = Frames.readPairs(body);
    }

    private ByteBuffer readBody() throws IOException {
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return ByteBuffer.wrap(body);
    }

    private void write(char type, ByteBuffer body) {
        byte[] frame = ByteBuffer.allocate(1 + Integer.BYTES + body.remaining())
                .put((byte) type)
                .putInt(body.remaining())
                .put(body)
                .array();
        try {
            out.write(frame);
        } catch (IOException e) {
            // the server is gone; reading tells
        }
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public void send(ReplicationCommand command) {
        write(Frames.COMMAND, Frames.text(CommandWriter.text(command)));
    }

    @Override
    public void send(StandbyMessage message) {
        write(Frames.COPY_DATA, Frames.standbyMessage(message));
    }

    @Override
    public void copyDone() {
        write(Frames.COPY_DONE, Frames.EMPTY);
    }

    @Override
    public void cancel() {
        write(Frames.CANCEL, Frames.EMPTY);
    }

    @Override
    public boolean sendGarbage() {
        write('?', Frames.EMPTY);
        return true;
    }

    @Override
    public boolean sendMalformedCommand() {
        write(Frames.COMMAND, Frames.text("IDENTIFY_SYSTEM nonsense"));
        return true;
    }

    @Override
    public void terminate() {
        write(Frames.GOODBYE, Frames.EMPTY);
        close();
    }

    @Override
    public void cut() {
        close();
    }

    /** A frame that has begun is waited for to its end. */
    @Override
    public @Nullable FromServer poll(Duration limit) {
        try {
            socket.setSoTimeout((int) Math.max(1, limit.toMillis()));
            int type = in.read();
            if (type < 0) {
                return new FromServer.Closed();
            }
            socket.setSoTimeout(PATIENCE_MS);
            return new BackendMessage((char) type, readBody()).decode();
        } catch (SocketTimeoutException e) {
            return null;
        } catch (IOException e) {
            return new FromServer.Closed();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
