// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.nio.ByteBuffer;

/** What a receiver gets from the sending side while streaming. The permitted records are the whole protocol. */
public sealed interface ServerMessage {

    /** Calls the one method of {@code handler} that takes this type. */
    void dispatchTo(Handler handler);

    /**
     * A run of WAL bytes. A transport may hand out one message of the wire in several pieces.
     *
     * @param start position of the first byte of {@code payload}
     * @param serverEnd end of WAL on the server when it sent this; a hint only
     * @param sentAt the server's clock
     * @param payload borrowed: lent until the owner's next call on the connection; copy to keep
     */
    record XLogData(Lsn start, Lsn serverEnd, PgTimestamp sentAt, ByteBuffer payload) implements ServerMessage {
        public XLogData {
            requireNonNull(start, "start");
            requireNonNull(serverEnd, "serverEnd");
            requireNonNull(sentAt, "sentAt");
            requireNonNull(payload, "payload");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onXLogData(this);
        }
    }

    /**
     * A sign of life. It never moves a written or flushed position.
     *
     * @param serverEnd what the server has sent so far; a hint only
     * @param sentAt the server's clock
     * @param replyRequested whether a status update is wanted at once
     */
    record Keepalive(Lsn serverEnd, PgTimestamp sentAt, boolean replyRequested) implements ServerMessage {
        public Keepalive {
            requireNonNull(serverEnd, "serverEnd");
            requireNonNull(sentAt, "sentAt");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onKeepalive(this);
        }
    }

    /**
     * The server ended the stream in good order; nothing more will be received.
     *
     * @param reason why
     */
    record EndOfStream(Reason reason) implements ServerMessage {

        /** Why a server ends a stream. */
        public enum Reason {
            /** CopyDone: the timeline ended; {@code endStreaming} tells what follows it. */
            END_OF_TIMELINE,
            /** CommandComplete without CopyDone: the server shuts down, the connection is about to close. */
            SHUTDOWN
        }

        public EndOfStream {
            requireNonNull(reason, "reason");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onEndOfStream(this);
        }
    }

    /** One method per permitted record, so that a new record breaks every handler at compile time. */
    interface Handler {
        /** Takes WAL bytes. */
        void onXLogData(XLogData data);

        /** Takes a sign of life. */
        void onKeepalive(Keepalive keepalive);

        /** Takes the end of the stream. */
        void onEndOfStream(EndOfStream end);
    }
}
