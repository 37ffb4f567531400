// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.netty.NettyServerBuilder;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.WalReceiverConnectionContract;
import io.walcast.transport.WalReceiverTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over gRPC; a subclass says over which kind of it. */
@ExtendWith(QuietGrpc.class)
abstract class ConnectionContract extends WalReceiverConnectionContract {
    /** What waits at the server for its turn; what the sockets hold is within HTTP/2's window. */
    private static final int BUFFERS_BYTES = 256 << 10;

    private @Nullable ScriptedGrpcPrimary primary;

    @Override
    protected final WalReceiverTransport transport() {
        return new GrpcReceiverTransport();
    }

    @Override
    protected final String startPrimary(PrimaryScript script) throws Exception {
        ScriptedGrpcPrimary running = primary;
        if (running == null) {
            running = ScriptedGrpcPrimary.start(script, this::prepare, compression());
            primary = running;
        }
        return conninfo(running.port());
    }

    /** Changes how the server is set up. */
    NettyServerBuilder prepare(NettyServerBuilder builder) {
        return builder;
    }

    /** Returns what the server compresses WAL with, or null. */
    @Nullable
    String compression() {
        return null;
    }

    abstract String conninfo(int port);

    @Override
    protected final int bytesUnderWay() {
        return BUFFERS_BYTES;
    }

    @Override
    protected final void checkForLeaks() {
        LeakRecorder.assertNothingLeaked();
    }

    @AfterEach
    final void endPrimary() {
        ScriptedGrpcPrimary running = primary;
        if (running != null) {
            running.close();
        }
    }
}
