// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One connection that streams a range and throws it away. It blocks until it is logged in, and never after.
 *
 * <p>Confined to one thread.
 */
final class DiscardingClient implements AutoCloseable {
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int MESSAGE_HEADER_BYTES = 1 + Integer.BYTES;

    private final SocketChannel channel;
    private final Lsn end;
    private final StreamFrames frames;

    private DiscardingClient(SocketChannel channel, Lsn start, Lsn end) {
        this.channel = channel;
        this.end = end;
        this.frames = new StreamFrames(start);
    }

    /** Logs in at {@code port} of this machine; the server must trust us. */
    static DiscardingClient connect(int port, Lsn start, Lsn end) throws IOException {
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        DiscardingClient client = new DiscardingClient(channel, start, end);
        try {
            client.logIn();
            return client;
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private void logIn() throws IOException {
        byte[] parameters = text("user\0" + PostgresServer.USER + "\0replication\0true\0");
        ByteBuffer startup = ByteBuffer.allocate(2 * Integer.BYTES + parameters.length + 1);
        startup.putInt(startup.capacity()).putInt(PROTOCOL_3_0).put(parameters).put((byte) 0);
        write(startup);
        ByteBuffer header = ByteBuffer.allocate(MESSAGE_HEADER_BYTES);
        byte type;
        do {
            readFully(header.clear());
            type = header.get(0);
            ByteBuffer body = ByteBuffer.allocate(header.getInt(1) - Integer.BYTES);
            readFully(body);
            if (type == 'E' || (type == 'R' && body.getInt(0) != 0)) {
                throw new MeasurementException("login refused: " + StreamFrames.errorText(body.flip()));
            }
        } while (type != 'Z');
    }

    /** Asks for the WAL, and has {@code selector} tell when there is some. */
    void startStreaming(Selector selector) throws IOException {
        byte[] command = text("START_REPLICATION PHYSICAL " + frames.position() + " TIMELINE 1\0");
        ByteBuffer query = ByteBuffer.allocate(MESSAGE_HEADER_BYTES + command.length);
        query.put((byte) 'Q').putInt(Integer.BYTES + command.length).put(command);
        write(query);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Reads once into {@code buffer}, which others may use after it. Returns whether all has come. */
    boolean read(ByteBuffer buffer) throws IOException {
        if (channel.read(buffer.clear()) < 0) {
            throw new EOFException("connection closed at " + frames.position());
        }
        if (frames.take(buffer.flip())) {
            reply();
        }
        return !frames.position().isBefore(end);
    }

    private void reply() throws IOException {
        Lsn at = frames.position();
        ByteBuffer message = ByteBuffer.allocate(MESSAGE_HEADER_BYTES + StandbyMessageCodec.STATUS_UPDATE_BYTES);
        message.put((byte) 'd').putInt(Integer.BYTES + StandbyMessageCodec.STATUS_UPDATE_BYTES);
        StandbyMessageCodec.encode(new StandbyMessage.StatusUpdate(at, at, at, new PgTimestamp(0), false), message);
        write(message);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void write(ByteBuffer message) throws IOException {
        message.flip();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private void readFully(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("connection closed during login");
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
