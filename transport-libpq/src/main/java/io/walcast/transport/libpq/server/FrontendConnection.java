// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.transport.CloseReason;
import io.walcast.transport.server.Admission;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection: what has come and is not taken yet, and the {@link Phase} that takes it.
 *
 * <p>The socket is read only while the phase has room, one buffer at a time, and a turn takes a bounded number of messages,
 * so that a peer that floods gets no more than its share.
 *
 * <p>Threading: confined to its event loop, except {@link #run}.
 */
final class FrontendConnection extends ChannelInboundHandlerAdapter {
    private static final int MESSAGES_PER_TURN = 64;

    private final ServerContext server;
    private final SocketChannel channel;
    private final Farewell farewell;
    private final InetSocketAddress peer;
    private final Admission.Ticket ticket;
    private ByteBuf input = Unpooled.EMPTY_BUFFER;
    private Phase phase;
    private boolean turnPending;
    private boolean closed;
    private CloseReason reason = CloseReason.CONNECTION_LOST;
    private @Nullable ScheduledFuture<?> deadline;

    FrontendConnection(ServerContext server, SocketChannel channel) {
        this.server = server;
        this.channel = channel;
        this.farewell = new Farewell(channel);
        this.peer = channel.remoteAddress();
        this.ticket = channel.attr(Doorkeeper.TICKET).get();
        this.phase = new StartupPhase(this);
    }

    ServerContext server() {
        return server;
    }

    SocketChannel channel() {
        return channel;
    }

    InetSocketAddress peer() {
        return peer;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        long waitedNs = System.nanoTime() - channel.attr(Doorkeeper.ACCEPTED_NS).get();
        long leftNs = server.options.limits().handshakeTimeout().toNanos() - waitedNs;
        deadline = channel.eventLoop().schedule(this::handshakeTimedOut, leftNs, TimeUnit.NANOSECONDS);
        readMore();
    }

    private void handshakeTimedOut() {
        String unfinished = unfinished();
        if (unfinished == null) {
            server.log.closedQuietly(peer(), "handshake timeout");
            close(CloseReason.ENDED_BY_SERVER);
        } else {
            drop(SqlState.PROTOCOL_VIOLATION, unfinished + " not complete within the handshake deadline");
        }
    }

    private @Nullable String unfinished() {
        return input.isReadable() ? phase.unfinished() : null;
    }

    /** Counts it as logged in and lifts the deadline; returns false if there is no room. */
    boolean logIn() {
        if (!ticket.logIn()) {
            return false;
        }
        cancelDeadline();
        return true;
    }

    private void cancelDeadline() {
        ScheduledFuture<?> pending = deadline;
        if (pending != null) {
            deadline = null;
            pending.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (farewell.isSaid() || closed) {
            bytes.release();
            return;
        }
        input = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), input, bytes);
        guarded(this::turn);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readMore();
    }

    private void turn() {
        turnPending = false;
        int taken = 0;
        while (!isOver() && taken < MESSAGES_PER_TURN && phase.take(input)) {
            taken++;
        }
        if (isOver() || !input.isReadable()) {
            dropInput();
        } else {
            input.discardSomeReadBytes();
        }
        if (taken == MESSAGES_PER_TURN && !isOver()) {
            proceed();
        } else {
            readMore();
        }
    }

    private void dropInput() {
        input.release();
        input = Unpooled.EMPTY_BUFFER;
    }

    private void readMore() {
        if (farewell.isSaid() || (!turnPending && input.readableBytes() < phase.inputLimit())) {
            channel.read();
        }
    }

    /** Returns whether nothing is to be said any more. */
    boolean isOver() {
        return closed || farewell.isSaid();
    }

    /** Has the phase take more, soon. */
    void proceed() {
        if (!turnPending && !isOver()) {
            turnPending = true;
            run(this::turn);
        }
    }

    /** Moves to another phase. */
    void enter(Phase next) {
        phase = next;
    }

    /** Returns what has come and gives it away. */
    ByteBuf takeInput() {
        ByteBuf taken = input;
        input = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && phase instanceof TlsPhase tls) {
            guarded(() -> tls.completed(done));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !isOver()) {
            guarded(phase::writable);
            proceed();
        }
    }

    /** Writes a message, unless the last one was said; it goes out with the next flush. */
    void write(ByteBuf message) {
        if (isOver()) {
            message.release();
        } else {
            channel.write(message);
        }
    }

    void writeAndFlush(ByteBuf message) {
        write(message);
        channel.flush();
    }

    /** Says {@code fields}, with severity FATAL, as the last word. */
    void fatal(SqlState state, String message) {
        fatal(new ErrorFields("FATAL", state, message, null, null));
    }

    /** Says {@code fields} as the last word. */
    void fatal(ErrorFields fields) {
        server.log.closed(peer(), fields.sqlState(), fields.message());
        leave(BackendMessages.error(fields), CloseReason.PROTOCOL_VIOLATION);
    }

    /** Sends a last message, then closes. */
    void leave(ByteBuf lastWord, CloseReason why) {
        if (isOver()) {
            lastWord.release();
            return;
        }
        reason = why;
        farewell.say(lastWord);
        readMore();
    }

    /** Closes without a word because of what the peer did. */
    void drop(SqlState state, String message) {
        server.log.closed(peer(), state, message);
        close(CloseReason.PROTOCOL_VIOLATION);
    }

    void close(CloseReason why) {
        if (!isOver()) {
            reason = why;
        }
        channel.close();
    }

    /** Runs {@code work} on the event loop, now if this is it; not at all if the loop has ended. Any thread. */
    void run(Runnable work) {
        try {
            channel.eventLoop().execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            // The listener is closed, and every session was told.
            return;
        }
    }

    /** The outermost frame of everything that happens here. */
    private void guarded(Runnable work) {
        if (closed) {
            return;
        }
        try {
            work.run();
        } catch (ProtocolViolationException e) {
            fatal(e.sqlState(), String.valueOf(e.getMessage()));
        } catch (ServerErrorException e) {
            fatal(e.fields());
        } catch (StorageException e) {
            server.log.failure(peer(), e);
            // What it says names files, which are no business of the peer's.
            ErrorFields fields = new ErrorFields("FATAL", e.sqlState(), "could not read WAL", null, null);
            leave(BackendMessages.error(fields), CloseReason.ENDED_BY_SERVER);
        } catch (RuntimeException | Error e) { // a broken invariant of ours ends this connection, and no other
            server.log.failure(peer(), e);
            leaveOrClose();
        }
    }

    /** Whatever was to be sent next is lost: to go on would leave a gap that a standby does not notice. */
    private void leaveOrClose() {
        try {
            ErrorFields fields = new ErrorFields("FATAL", SqlState.INTERNAL_ERROR, "internal error", null, null);
            leave(BackendMessages.error(fields), CloseReason.ENDED_BY_SERVER);
        } finally {
            if (!isOver()) {
                close(CloseReason.ENDED_BY_SERVER);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            server.log.closedQuietly(peer(), String.valueOf(cause.getMessage()));
        } else {
            server.log.failure(peer(), cause);
        }
        close(CloseReason.CONNECTION_LOST);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        String unfinished = unfinished();
        if (unfinished != null && reason == CloseReason.CONNECTION_LOST) {
            server.log.closed(peer(), SqlState.PROTOCOL_VIOLATION, "incomplete " + unfinished);
        }
        closed = true;
        cancelDeadline();
        dropInput();
        phase.closed(reason);
    }
}
