// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What gRPC itself logs of connections: a stack trace for each stream that a peer spoils, which would let strangers fill the
 * log. {@link PeerLog} says what is worth a line.
 */
final class GrpcLog {
    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger CONNECTIONS = Logger.getLogger("io.grpc.netty");

    private GrpcLog() {}

    /** Has it say nothing of peers, unless somebody has set what it is to say. */
    static void leavePeersOut() {
        if (CONNECTIONS.getLevel() == null) {
            CONNECTIONS.setLevel(Level.SEVERE);
        }
    }
}
