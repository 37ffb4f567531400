// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection. A frame is {@code type int8 | length int32 | body}; the length is that of the body.
 *
 * <p>Threading: {@link #send}, {@link #setReading}, {@link #waitingBytes}, {@link #closeWith} and
 * {@link #close} from any thread, the rest on the loop.
 */
final class Wire {
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int FRAMES_PER_TURN = 64;
    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

    private final Loop loop;
    private final SocketChannel socket;
    private final SelectionKey key;
    private final Handler handler;
    private final Queue<Outgoing> outgoing = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    private ByteBuffer body = NO_BODY;
    private int maxBodyBytes;
    private boolean finishing;

    // Written on the loop or by the owner, read on the loop.
    private volatile boolean reading = true;
    // Written on the loop, read by any thread that sends.
    private volatile boolean closed;

    /** What a connection tells of itself, on the loop. */
    interface Handler {
        /** Takes a frame; the body is its own. */
        void frame(char type, ByteBuffer body);

        /** Some of what waited has been written. */
        void written();

        /** The peer sent something that is no frame. */
        void violated();

        /** The peer or the network has ended the connection. */
        void lost();
    }

    private record Outgoing(ByteBuffer[] buffers, Runnable whenDone) {
        boolean isWritten() {
            return !buffers[buffers.length - 1].hasRemaining();
        }
    }

    Wire(Loop loop, SocketChannel socket, int maxBodyBytes, Handler handler) throws IOException {
        this.loop = loop;
        this.socket = socket;
        this.maxBodyBytes = maxBodyBytes;
        this.handler = handler;
        this.key = loop.register(socket, this::ready);
        loop.execute(this::updateInterest);
    }

    void setMaxBodyBytes(int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    void setReading(boolean reading) {
        this.reading = reading;
        if (loop.isCurrent()) {
            updateInterest();
        } else {
            loop.execute(this::updateInterest);
        }
    }

    /** Returns how much is yet to be written. */
    long waitingBytes() {
        return waitingBytes.get();
    }

    /** Sends a frame, whatever waits already. */
    void send(char type, ByteBuffer content) {
        send(type, content, NO_BODY, () -> {});
    }

    /** Sends a frame whose body is in two parts; {@code whenDone} is run when they are written, or will not be. */
    void send(char type, ByteBuffer first, ByteBuffer second, Runnable whenDone) {
        int length = first.remaining() + second.remaining();
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) type)
                .putInt(length)
                .flip();
        ByteBuffer[] buffers = second.hasRemaining()
                ? new ByteBuffer[] {head, first, second}
                : first.hasRemaining() ? new ByteBuffer[] {head, first} : new ByteBuffer[] {head};
        waitingBytes.addAndGet(HEADER_BYTES + length);
        outgoing.add(new Outgoing(buffers, whenDone));
        if (!loop.isCurrent()) {
            loop.execute(this::updateInterest);
        } else if (closed) {
            discard();
        } else {
            updateInterest();
        }
    }

    private void updateInterest() {
        if (key.isValid()) {
            key.interestOps((reading ? SelectionKey.OP_READ : 0) | (outgoing.isEmpty() ? 0 : SelectionKey.OP_WRITE));
        }
    }

    private void ready() {
        try {
            if (key.isWritable()) {
                write();
            }
            for (int i = 0; i < FRAMES_PER_TURN && reading && !closed && read(); i++) {
                // one frame each
            }
        } catch (IOException e) {
            lose();
        } catch (RuntimeException e) {
            handler.violated();
        }
    }

    private void write() throws IOException {
        Outgoing first = outgoing.peek();
        while (first != null) {
            waitingBytes.addAndGet(-socket.write(first.buffers()));
            if (!first.isWritten()) {
                break;
            }
            outgoing.remove();
            first.whenDone().run();
            first = outgoing.peek();
        }
        if (first == null && finishing) {
            socket.shutdownOutput();
        }
        updateInterest();
        handler.written();
    }

    /** Reads up to the end of a frame, and returns whether it came. */
    private boolean read() throws IOException {
        if (header.hasRemaining()) {
            if (!fill(header)) {
                return false;
            }
            int length = header.getInt(1);
            if (length < 0 || length > maxBodyBytes) {
                handler.violated();
                return false;
            }
            body = ByteBuffer.allocate(length);
        }
        if (!fill(body)) {
            return false;
        }
        char type = (char) header.get(0);
        ByteBuffer whole = body.flip();
        header.clear();
        body = NO_BODY;
        if (!finishing) {
            handler.frame(type, whole);
        }
        return true;
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        if (buffer.hasRemaining() && socket.read(buffer) < 0) {
            lose();
            return false;
        }
        return !buffer.hasRemaining();
    }

    private void lose() {
        if (!closed) {
            close();
            handler.lost();
        }
    }

    /** Sends what waits, then the end; from now on what the peer sends is dropped, up to its end. */
    void finish() {
        finishing = true;
        reading = true;
        if (outgoing.isEmpty() && !closed) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                lose();
            }
        }
        updateInterest();
    }

    /** Writes what can be written at once, with a frame of that type at its end, and cuts the connection. */
    void closeWith(char type) {
        loop.execute(() -> {
            if (!closed) {
                send(type, NO_BODY);
                try {
                    write();
                } catch (IOException e) {
                    // it is gone either way
                }
                close();
            }
        });
    }

    /** Cuts the connection. Idempotent. */
    void close() {
        if (!loop.isCurrent()) {
            loop.execute(this::close);
            return;
        }
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
        discard();
    }

    private void discard() {
        for (Outgoing each = outgoing.poll(); each != null; each = outgoing.poll()) {
            each.whenDone().run();
        }
    }
}
