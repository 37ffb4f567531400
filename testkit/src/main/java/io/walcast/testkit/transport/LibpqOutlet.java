// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Rows;
import io.walcast.testkit.primary.ServerMessages;
import io.walcast.transport.EndResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** One stream over PostgreSQL's protocol, from CopyBothResponse on. Confined to the script's thread. */
final class LibpqOutlet implements PrimaryOutlet {
    private final PrimarySession session;
    private final LibpqInbox inbox;
    private final PrimaryScript script;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private boolean over;

    LibpqOutlet(PrimarySession session, LibpqInbox inbox, PrimaryScript script) {
        this.session = session;
        this.inbox = inbox;
        this.script = script;
    }

    /** Plays {@code stream} and, if no step of it ends the stream, waits until the client does. */
    void play(PrimaryStream stream) throws IOException {
        try {
            stream.playOn(this);
            flush();
            if (!over) {
                inbox.awaitCopyDone();
                session.endStreaming();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public boolean send(ServerMessage message) {
        if (!inbox.isStreaming()) {
            return false;
        }
        run(() -> write(ServerMessages.copyData(body(message))));
        script.journal().sent();
        return true;
    }

    private static byte[] body(ServerMessage message) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        message.dispatchTo(new ServerMessage.Handler() {
            @Override
            public void onXLogData(XLogData data) {
                ByteBuffer out = ByteBuffer.allocate(ServerMessageCodec.XLOG_DATA_HEADER_BYTES
                        + data.payload().remaining());
                ServerMessageCodec.encodeXLogDataHeader(data.start(), data.serverEnd(), data.sentAt(), out);
                out.put(data.payload().duplicate());
                body.writeBytes(out.array());
            }

            @Override
            public void onKeepalive(Keepalive keepalive) {
                ByteBuffer out = ByteBuffer.allocate(ServerMessageCodec.KEEPALIVE_BYTES);
                ServerMessageCodec.encode(keepalive, out);
                body.writeBytes(out.array());
            }

            @Override
            public void onEndOfStream(EndOfStream end) {
                throw new IllegalArgumentException("the end of a stream is a step of its own");
            }
        });
        return body.toByteArray();
    }

    /** Writes in pieces if the script says so; an incomplete piece waits for {@link #flush}. */
    private void write(byte[] frame) throws IOException {
        int pieceBytes = script.pieceBytes();
        if (pieceBytes == 0) {
            session.sendRaw(frame);
            return;
        }
        pending.writeBytes(frame);
        byte[] all = pending.toByteArray();
        int at = 0;
        while (all.length - at >= pieceBytes) {
            session.sendRaw(Arrays.copyOfRange(all, at, at + pieceBytes));
            at += pieceBytes;
        }
        pending.reset();
        pending.write(all, at, all.length - at);
    }

    private void flush() throws IOException {
        if (pending.size() > 0) {
            session.sendRaw(pending.toByteArray());
            pending.reset();
        }
    }

    @Override
    public boolean hold(CountDownLatch gate) {
        run(this::flush);
        return inbox.hold(gate);
    }

    @Override
    public void setReading(boolean reading) {
        session.pauseReading(!reading);
    }

    @Override
    public void endOfTimeline(EndResult end) {
        end(() -> {
            write(ServerMessages.copyDone());
            flush();
            inbox.awaitCopyDone();
            TimelineId next = end.nextTimeline();
            Lsn start = end.nextStart();
            if (next != null && start != null) {
                session.sendResultSet(nextTimeline(next, start));
                session.sendCommandComplete("START_STREAMING");
            }
            session.sendCommandComplete("START_REPLICATION");
            session.sendReadyForQuery();
        });
    }

    static Rows nextTimeline(TimelineId next, Lsn start) {
        return Rows.of("next_tli", "next_tli_startpos")
                .withTypes(Rows.INT8, Rows.TEXT)
                .row(next.toString(), start.toString());
    }

    @Override
    public void shutdown() {
        end(() -> {
            flush();
            session.shutDown();
        });
    }

    @Override
    public void fail(ErrorFields fields) {
        end(() -> {
            flush();
            LibpqSession.sendError(session, fields);
        });
    }

    @Override
    public void drop() {
        end(session::reset);
    }

    private void end(Writing action) {
        over = true;
        run(action);
    }

    private static void run(Writing action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something that writes to the client. */
    private interface Writing {
        void run() throws IOException;
    }
}
