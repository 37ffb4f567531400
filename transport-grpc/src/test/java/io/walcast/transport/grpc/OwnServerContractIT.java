// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryService;
import io.walcast.testkit.transport.WalReceiverConnectionContract;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.grpc.server.GrpcSenderTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Both ends are ours, and WAL is compressed between them. */
@ExtendWith(QuietGrpc.class)
final class OwnServerContractIT extends WalReceiverConnectionContract {
    /** The windows of HTTP/2, what the sockets of both ends may hold, and what waits to be sent. */
    private static final int BUFFERS_BYTES = 9 << 20;

    private @Nullable PrimaryService service;
    private @Nullable Listener listener;

    @Override
    protected WalReceiverTransport transport() {
        return new GrpcReceiverTransport();
    }

    @Override
    protected String startPrimary(PrimaryScript script) {
        Listener running = listener;
        if (running == null) {
            PrimaryService primary = new PrimaryService(script);
            running = new GrpcSenderTransport()
                    .listen(ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), primary);
            service = primary;
            listener = running;
        }
        return "grpc://127.0.0.1:%d/?compression=zstd:level=1"
                .formatted(running.address().getPort());
    }

    @Override
    protected int bytesUnderWay() {
        return BUFFERS_BYTES;
    }

    @Override
    protected void checkForLeaks() {
        LeakRecorder.assertNothingLeaked();
    }

    @AfterEach
    void endPrimary() {
        PrimaryService primary = service;
        Listener running = listener;
        if (primary != null && running != null) {
            primary.close();
            running.close();
        }
    }
}
