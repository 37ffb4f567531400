// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a client receives in a session: an ordinary message, or WAL, whose bytes stay where they came in. */
public sealed interface ReceivedFrame {

    /** Gives the bytes back, if there are any. Idempotent; by whoever took the frame, on any thread. */
    default void release() {}

    /** An ordinary message. */
    record Message(SessionResponse response) implements ReceivedFrame {
        public Message {
            requireNonNull(response, "response");
        }
    }

    /** WAL: pieces in order, each lent until the next one is asked for or the frame is released. */
    non-sealed interface Wal extends ReceivedFrame {
        /** Returns the position of the first byte of the first piece. */
        Lsn start();

        /** Returns the end of WAL on the server. */
        Lsn serverEnd();

        /** Returns the server's clock. */
        PgTimestamp sentAt();

        /** Returns how many bytes all pieces have together. */
        int length();

        /** Returns the next piece, read-only; null after the last. */
        @Nullable
        ByteBuffer nextPiece();
    }
}
