// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that says exactly what a test wants, right or wrong, and shows what comes back. */
final class FrontendClient implements AutoCloseable {
    static final int PROTOCOL_3_0 = 3 << 16;
    static final int SSL_REQUEST = 80877103;
    static final int GSSENC_REQUEST = 80877104;
    static final int CANCEL_REQUEST = 80877102;

    private static final int PATIENCE_MS = 30_000;
    private static final int READ_BYTES = 64 << 10;

    private final Socket socket;
    private final PushbackInputStream first;
    private final DataInputStream in;
    private final DataOutputStream out;

    FrontendClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MS);
        this.first = new PushbackInputStream(new BufferedInputStream(socket.getInputStream(), READ_BYTES));
        this.in = new DataInputStream(first);
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    static FrontendClient connect(InetSocketAddress server) throws IOException {
        return new FrontendClient(new Socket(server.getAddress(), server.getPort()));
    }

    static FrontendClient connectFrom(String local, InetSocketAddress server) throws IOException {
        return new FrontendClient(new Socket(server.getAddress(), server.getPort(), InetAddress.getByName(local), 0));
    }

    /** A message from the server; {@link #type} 0 is the end of the connection. */
    @SuppressWarnings("ArrayRecordComponent") // read by one test, kept by none
    record Message(char type, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Returns a field of an error, or null. */
        @Nullable
        String field(char code) {
            int at = 0;
            while (at < body.length && body[at] != 0) {
                int end = at + 1;
                while (body[end] != 0) {
                    end++;
                }
                if (body[at] == code) {
                    return new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
                }
                at = end + 1;
            }
            return null;
        }

        @Override
        public String toString() {
            return type == 'E' ? "E " + field('S') + " " + field('C') + " " + field('M') : String.valueOf(type);
        }
    }

    Socket socket() {
        return socket;
    }

    FrontendClient raw(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    FrontendClient raw(String hex) throws IOException {
        return raw(java.util.HexFormat.of().parseHex(hex));
    }

    /** Sends a packet without a type. */
    FrontendClient packet(int code, byte... body) throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(8 + body.length);
        return raw(packet.putInt(8 + body.length).putInt(code).put(body).array());
    }

    FrontendClient startup(String... namesAndValues) throws IOException {
        return startup(PROTOCOL_3_0, namesAndValues);
    }

    FrontendClient startup(int version, String... namesAndValues) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String text : namesAndValues) {
            body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            body.write(0);
        }
        body.write(0);
        return packet(version, body.toByteArray());
    }

    /** Logs in where the rules trust. */
    FrontendClient logIn() throws IOException {
        startup("user", "rep", "replication", "true");
        until('Z');
        return this;
    }

    FrontendClient message(char type, byte... body) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(5 + body.length);
        return raw(frame.put((byte) type).putInt(4 + body.length).put(body).array());
    }

    FrontendClient query(String text) throws IOException {
        return message('Q', (text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** Returns whether something comes within {@code limit}; the end of the connection is something. */
    boolean awaitByte(Duration limit) throws IOException {
        socket.setSoTimeout((int) Math.max(1, limit.toMillis()));
        try {
            int next = first.read();
            if (next >= 0) {
                first.unread(next);
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout(PATIENCE_MS);
            }
        }
    }

    int readByte() throws IOException {
        return in.read();
    }

    Message read() throws IOException {
        int type;
        try {
            type = in.read();
        } catch (SocketException e) {
            type = -1;
        }
        if (type < 0) {
            return new Message((char) 0, new byte[0]);
        }
        try {
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            return new Message((char) type, body);
        } catch (EOFException e) {
            throw new IOException("the server's message is cut", e);
        }
    }

    /** Returns all messages up to the first of that type, or the end. */
    List<Message> until(char type) throws IOException {
        List<Message> messages = new ArrayList<>();
        Message message;
        do {
            message = read();
            messages.add(message);
        } while (message.type() != type && message.type() != 0);
        return messages;
    }

    /** Returns the types of all messages up to the first of that type. */
    String typesUntil(char type) throws IOException {
        StringBuilder types = new StringBuilder();
        until(type).forEach(message -> types.append(message.type() == 0 ? '.' : message.type()));
        return types.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
