// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client's socket that takes and gives bytes as a test wants them. It reads only when it is asked.
 *
 * <p>Threading: one owner thread; {@link #close} from any.
 */
public final class LibpqSocket implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 256 << 10;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int MAX_MESSAGE_BYTES = 1 << 30;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private byte[] buffer = new byte[RECEIVE_BUFFER_BYTES];
    private int start;
    private int end;
    private boolean ended;

    private LibpqSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /** Connects. */
    public static LibpqSocket open(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        socket.setTcpNoDelay(true);
        try {
            socket.connect(address);
            return new LibpqSocket(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Takes over a socket that is connected, with TLS for example. */
    public static LibpqSocket over(Socket socket) throws IOException {
        return new LibpqSocket(socket);
    }

    /** Returns the socket. */
    public Socket socket() {
        return socket;
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the next byte, -1 at the end of the connection, or -2 if none comes within {@code limit}. */
    public int readByte(Duration limit) {
        if (!fill(1, System.nanoTime() + limit.toNanos())) {
            return ended ? -1 : -2;
        }
        return buffer[start++] & 0xFF;
    }

    /** Returns whether there is something to read, or the end of the connection, within {@code limit}; reads nothing. */
    public boolean awaitByte(Duration limit) {
        return fill(1, System.nanoTime() + limit.toNanos()) || ended;
    }

    /** Returns the next message, or null if none has come whole within {@code limit}, or will: see {@link #hasEnded}. */
    public @Nullable BackendMessage read(Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        if (!fill(HEADER_BYTES, deadlineNs)) {
            return null;
        }
        int length = ByteBuffer.wrap(buffer).getInt(start + 1);
        if (length < Integer.BYTES || length > MAX_MESSAGE_BYTES) {
            throw new AssertionError("a message of length " + length + " from the server");
        }
        if (!fill(1 + length, deadlineNs)) {
            return null;
        }
        char tag = (char) (buffer[start] & 0xFF);
        byte[] body = Arrays.copyOfRange(buffer, start + HEADER_BYTES, start + 1 + length);
        start += 1 + length;
        return new BackendMessage(tag, ByteBuffer.wrap(body));
    }

    private boolean fill(int bytes, long deadlineNs) {
        makeRoom(bytes);
        while (end - start < bytes && !ended) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            try {
                socket.setSoTimeout((int) Math.min(leftMs, Integer.MAX_VALUE));
                int read = in.read(buffer, end, buffer.length - end);
                ended = read < 0;
                end += Math.max(read, 0);
            } catch (SocketTimeoutException e) {
                return false;
            } catch (SocketException e) {
                ended = true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return end - start >= bytes;
    }

    private void makeRoom(int bytes) {
        if (start == end) {
            start = 0;
            end = 0;
        }
        if (buffer.length - start < bytes) {
            byte[] to = buffer.length < bytes ? new byte[bytes + RECEIVE_BUFFER_BYTES] : buffer;
            System.arraycopy(buffer, start, to, 0, end - start);
            end -= start;
            start = 0;
            buffer = to;
        }
    }

    /** Returns whether the server has ended the connection and no whole message is left. */
    public boolean hasEnded() {
        return ended;
    }

    /** Says that nothing more will be sent; reading goes on. */
    public void shutdownOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the connection with a reset. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it is closed already
        }
        close();
    }

    /** Ends the connection. Idempotent. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
