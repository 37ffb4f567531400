// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.QueryResult;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end's frames: what has come waits here for its owner, up to the window; calls wait for it, up to a deadline,
 * a cancellation or the end of the connection.
 *
 * <p>Threading: {@link Wire.Handler} on the loop, {@link #close} from any thread, the rest by the owner.
 */
final class Calls implements Wire.Handler {
    private static final int MAX_FRAME_BYTES = 64 << 20;
    private static final int MAX_WAITING_BYTES = 64 << 10;
    private static final int WINDOW_BYTES = 4 << 20;

    private final ConnectOptions options;
    private final int windowBytes;
    private final Queue<Frame> frames = new ConcurrentLinkedQueue<>();
    private final AtomicLong framesBytes = new AtomicLong();
    private final Latch changed = new Latch();
    private final Loop loop;
    private final Wire wire;
    private final Cancellation.Registration cancellation;

    // Written on the loop, read by the owner.
    private volatile @Nullable String ending;
    // Written by any thread that closes, read by the owner.
    private volatile boolean closed;

    private @Nullable WalException lost;
    private boolean readyDue;

    /** What has come, but for what is dealt with at once. */
    record Frame(char type, ByteBuffer body) {}

    /** What came for a command, up to its end or the begin of a stream. */
    record Answer(List<QueryResult> results, boolean streams) {}

    Calls(SocketChannel socket, ConnectOptions options) throws IOException {
        this.options = options;
        this.windowBytes = options.windowBytesOr(WINDOW_BYTES);
        this.loop = Loop.start("walcast-plain", () -> {});
        this.wire = new Wire(loop, socket, MAX_FRAME_BYTES, this);
        this.cancellation = options.cancellation().onRequest(changed::set);
    }

    @Override
    public void frame(char type, ByteBuffer body) {
        if (type == Frames.NOTICE) {
            options.noticeListener().accept(Frames.readError(body));
        } else if (type != Frames.PARAMETER) {
            long waiting = framesBytes.addAndGet(body.remaining());
            frames.add(new Frame(type, body));
            if (waiting >= windowBytes) {
                wire.setReading(false);
            }
            wake();
        }
    }

    private void wake() {
        changed.set();
        options.latch().set();
    }

    @Override
    public void written() {
        if (wire.waitingBytes() < MAX_WAITING_BYTES) {
            options.latch().set();
        }
    }

    @Override
    public void violated() {
        ending = "server sent what is no frame";
        wire.close();
        wake();
    }

    @Override
    public void lost() {
        ending = "server closed the connection unexpectedly";
        wake();
    }

    void send(char type, ByteBuffer body) {
        wire.send(type, body);
    }

    boolean hasRoom() {
        return wire.waitingBytes() < MAX_WAITING_BYTES;
    }

    /** Fails if the connection cannot be used any more. */
    void check() {
        if (closed) {
            throw new ConnectionException("connection is closed", null);
        }
        if (lost != null) {
            throw new ConnectionException("connection is lost: " + lost.getMessage(), lost);
        }
    }

    /** Returns the next frame that has come, or null. */
    @Nullable
    Frame poll() {
        String end = ending;
        Frame frame = frames.poll();
        if (frame != null) {
            long waiting = framesBytes.addAndGet(-frame.body().remaining());
            boolean wasFull = waiting + frame.body().remaining() >= windowBytes;
            if (wasFull && waiting < windowBytes) {
                wire.setReading(true);
            }
        } else if (end != null) {
            throw lose(new ConnectionException(end, null));
        }
        return frame;
    }

    Frame await(String what, Deadline deadline) {
        while (true) {
            changed.reset();
            check();
            if (options.cancellation().isRequested()) {
                lose(new ConnectionException(what + ": canceled", null));
                options.cancellation().check(what);
            }
            Frame frame = poll();
            if (frame != null) {
                return frame;
            }
            if (deadline.hasPassed()) {
                throw lose(new ConnectionException(what + ": no answer in time", null));
            }
            changed.await(deadline.leftNs());
        }
    }

    /** Runs a command. */
    Answer run(String command, int maxBytes) {
        check();
        options.cancellation().check(command);
        Deadline deadline = Deadline.after(options.timeout());
        while (readyDue) {
            readyDue = await(command, deadline).type() != Frames.READY;
        }
        send(Frames.COMMAND, Frames.text(command));
        return answer(command, maxBytes);
    }

    /** Waits for an answer, or the rest of it; what still comes of a stream is dropped. */
    Answer answer(String what, int maxBytes) {
        try {
            return readAnswer(what, Deadline.after(options.timeout()), maxBytes);
        } catch (BufferUnderflowException e) {
            throw lose(new ProtocolViolationException("a frame ends too early"));
        }
    }

    private Answer readAnswer(String what, Deadline deadline, int maxBytes) {
        List<QueryResult> results = new ArrayList<>();
        QueryResult.Builder result = new QueryResult.Builder();
        long bytes = 0;
        while (true) {
            Frame frame = await(what, deadline);
            switch (frame.type()) {
                case Frames.COLUMNS -> result.columns(Frames.readColumnNames(frame.body()));
                case Frames.ROW -> {
                    bytes += frame.body().remaining();
                    if (bytes > maxBytes) {
                        throw lose(new ProtocolViolationException(
                                SqlState.PROGRAM_LIMIT_EXCEEDED, "answer: above %d bytes".formatted(maxBytes)));
                    }
                    result.row(Frames.readRow(frame.body()));
                }
                case Frames.COMPLETE -> {
                    results.add(result.complete(Frames.readText(frame.body())));
                    result = new QueryResult.Builder();
                }
                case Frames.COPY_BOTH, Frames.READY -> {
                    return new Answer(results, frame.type() == Frames.COPY_BOTH);
                }
                case Frames.COPY_DATA, Frames.COPY_DONE -> {
                    // sent before the server knew that the stream is over
                }
                default -> throw failed(frame);
            }
        }
    }

    /** Returns the error that a frame is, or what is wrong with it. */
    WalException failed(Frame frame) {
        if (frame.type() != Frames.ERROR) {
            return lose(new ProtocolViolationException("unexpected frame '%c'".formatted(frame.type())));
        }
        ErrorFields fields = Frames.readError(frame.body());
        ServerErrorException error = new ServerErrorException(fields);
        if (fields.severity().equals("ERROR")) {
            readyDue = true;
            return error;
        }
        return lose(error);
    }

    /** Gives the connection up, and returns why. */
    WalException lose(WalException reason) {
        lost = reason;
        end();
        return reason;
    }

    private void end() {
        cancellation.close();
        wire.close();
        loop.close();
    }

    void close() {
        if (!closed) {
            closed = true;
            wire.closeWith(Frames.GOODBYE);
            end();
            wake();
        }
    }
}
