// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import io.walcast.postmaster.http2.HeaderBlock.Field;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends what it is told and reads what comes. It answers nothing by itself, neither settings nor pings, and opens
 * no window.
 *
 * <p>Threading: one owner; somebody else may send meanwhile, and close.
 */
public final class RawClient implements AutoCloseable {
    /** The call that is a session. */
    public static final String SESSION = "/walcast.replication.v1.Replication/Session";

    private static final int CONNECT_MS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final HeaderBlock headers = new HeaderBlock();
    private final Map<Integer, Integer> data = new LinkedHashMap<>();
    private final Map<Integer, Messages> arrived = new LinkedHashMap<>();
    private int nextStream = 1;
    private boolean ended;
    private @Nullable IOException failure;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects; nothing is sent. */
    public static RawClient connect(InetSocketAddress server) throws IOException {
        return connect(null, server, 0);
    }

    /** Connects from an address of this machine; a receive buffer of 0 bytes is the system's own. */
    public static RawClient connect(@Nullable String from, InetSocketAddress server, int receiveBufferBytes)
            throws IOException {
        Socket socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        if (from != null) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        }
        socket.connect(server, CONNECT_MS);
        socket.setTcpNoDelay(true);
        return new RawClient(socket);
    }

    /** Connects with TLS, and has the handshake done. */
    public static RawClient connect(InetSocketAddress server, SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(server, CONNECT_MS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(CONNECT_MS);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new RawClient(socket);
    }

    /** Says what a client says first. */
    public void begin(int... settings) {
        send(Frame.preface());
        send(Frame.settings(settings));
    }

    /** Sends bytes. What a server does not want any more is no failure, but is remembered. */
    public void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Sends a frame. */
    public void send(Frame frame) {
        send(frame.bytes());
    }

    /** Returns whether sending has failed. */
    public boolean isRefused() {
        return failure != null;
    }

    /** Returns why the connection failed, if it did. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** Begins a call as gRPC does, with these headers besides; returns its stream. */
    public int call(String path, String... more) {
        String[] usual = {
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            path,
            ":authority",
            "localhost",
            "te",
            "trailers",
            "content-type",
            "application/grpc"
        };
        String[] all = Arrays.copyOf(usual, usual.length + more.length);
        System.arraycopy(more, 0, all, usual.length, more.length);
        return request(all);
    }

    /** Begins a call with exactly these headers; returns its stream. */
    public int request(String... headerFields) {
        int stream = nextStream;
        nextStream += 2;
        send(new Frame(Frame.HEADERS, Frame.END_HEADERS, stream, ByteBuffer.wrap(HeaderBlock.encode(headerFields))));
        return stream;
    }

    /** Sends a message as gRPC frames it. */
    public void message(int stream, byte[] message) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        framed.writeBytes(new byte[] {
            0,
            (byte) (message.length >>> 24),
            (byte) (message.length >>> 16),
            (byte) (message.length >>> 8),
            (byte) message.length
        });
        framed.writeBytes(message);
        data(stream, framed.toByteArray(), false);
    }

    /** Sends bytes of a call, in a frame each 16 kB. */
    public void data(int stream, byte[] bytes, boolean last) {
        int at = 0;
        do {
            int end = Math.min(bytes.length, at + (16 << 10));
            boolean ends = last && end == bytes.length;
            send(new Frame(Frame.DATA, ends ? Frame.END_STREAM : 0, stream, ByteBuffer.wrap(bytes, at, end - at)));
            at = end;
        } while (at < bytes.length);
    }

    /** Returns the next frame; null if none came in time or the connection is over. */
    public @Nullable Frame next(Duration patience) {
        if (ended) {
            return null;
        }
        try {
            socket.setSoTimeout(Math.max(1, (int) patience.toMillis()));
            int lengthAndType = in.readInt();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = new byte[lengthAndType >>> 8];
            in.readFully(payload);
            return new Frame(lengthAndType & 0xFF, flags, stream, ByteBuffer.wrap(payload));
        } catch (SocketTimeoutException e) {
            return null;
        } catch (EOFException e) {
            ended = true;
            return null;
        } catch (IOException e) {
            failure = e;
            ended = true;
            return null;
        }
    }

    /** Returns whether the server has ended the connection, as far as was read. */
    public boolean hasEnded() {
        return ended;
    }

    /** Reads up to the end of the call, of the connection, or of patience; everything else that comes is left out. */
    public CallEnd awaitEnd(int stream, Duration patience) {
        CallEnd end = CallEnd.NONE;
        long deadlineNs = System.nanoTime() + patience.toNanos();
        while (deadlineNs - System.nanoTime() > 0) {
            Frame frame = next(Duration.ofNanos(deadlineNs - System.nanoTime()));
            if (frame == null) {
                return ended ? end.ofClosed() : end;
            }
            end = with(end, frame, stream);
            if (end.isOver()) {
                return end;
            }
        }
        return end;
    }

    private CallEnd with(CallEnd end, Frame frame, int stream) {
        return switch (frame.type()) {
            case Frame.GOAWAY -> end.goAway(frame.number(Integer.BYTES), debug(frame));
            case Frame.RST_STREAM -> frame.stream() == stream ? end.reset(frame.number(0)) : end;
            case Frame.HEADERS -> {
                List<Field> fields = headers.decode(frame.payload());
                yield frame.stream() == stream ? end.headers(fields, frame.has(Frame.END_STREAM)) : end;
            }
            case Frame.DATA -> {
                data.merge(frame.stream(), frame.payload().remaining(), Integer::sum);
                yield end;
            }
            default -> end;
        };
    }

    private static String debug(Frame goAway) {
        return StandardCharsets.UTF_8
                .decode(goAway.payload()
                        .slice(2 * Integer.BYTES, goAway.payload().remaining() - 2 * Integer.BYTES))
                .toString();
    }

    /** Returns the number of the first field of the next message of a call; 0 if none came in time or the call is over. */
    public int nextMessage(int stream, Duration patience) {
        long deadlineNs = System.nanoTime() + patience.toNanos();
        Messages messages = arrived.computeIfAbsent(stream, none -> new Messages());
        while (!messages.hasNext() && deadlineNs - System.nanoTime() > 0) {
            Frame frame = next(Duration.ofNanos(deadlineNs - System.nanoTime()));
            if (frame == null || (frame.type() == Frame.RST_STREAM && frame.stream() == stream)) {
                return 0;
            }
            if (frame.type() == Frame.HEADERS) {
                headers.decode(frame.payload());
            } else if (frame.type() == Frame.DATA && frame.stream() == stream) {
                messages.add(frame.payload());
            }
        }
        return messages.hasNext() ? messages.next() : 0;
    }

    /** Returns how many bytes of DATA {@link #awaitEnd} has seen of a call. */
    public int received(int stream) {
        return data.getOrDefault(stream, 0);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            failure = e;
        }
    }
}
