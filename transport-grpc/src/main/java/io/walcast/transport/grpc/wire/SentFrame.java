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

    /** WAL, as the message {@code WalData}. The chunk is closed when its bytes were taken, or will not be. */
    record Wal(WalChunk chunk) implements SentFrame {
        public Wal {
            requireNonNull(chunk, "chunk");
        }
    }
}
