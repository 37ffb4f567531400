// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.util.Objects.requireNonNull;

import io.walcast.transport.WalChunk;
import io.walcast.transport.grpc.v1.SessionResponse;

/** What a server sends in a session. */
public sealed interface SentFrame {

    /** An ordinary message. */
    record Message(SessionResponse response) implements SentFrame {
        public Message {
            requireNonNull(response, "response");
        }
    }

    /**
     * WAL, as the message {@code WalData}. The call that sends it closes the chunk, when its bytes were taken or will not be;
     * whoever does not pass it to a call closes the chunk himself.
     *
     * @param level how hard to try, if the call compresses its messages; 0 as hard as the method does by itself
     */
    record Wal(WalChunk chunk, int level) implements SentFrame {
        public Wal {
            requireNonNull(chunk, "chunk");
        }

        /** Makes one that is compressed, if at all, as hard as the method does by itself. */
        public Wal(WalChunk chunk) {
            this(chunk, 0);
        }
    }
}
