// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.testkit.transport.WalSenderTransportContract;
import io.walcast.transport.WalSenderTransport;
import io.walcast.transport.grpc.QuietGrpc;
import io.walcast.transport.grpc.wire.Compression;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

/** gRPC keeps the contract of a transport's sending end. */
@ExtendWith(QuietGrpc.class)
abstract class GrpcSenderContract extends WalSenderTransportContract {
    /** The window of HTTP/2 and what the sockets of both ends may hold. */
    private static final int BUFFERS_BYTES = 8 << 20;

    /** What standbys want. */
    Compression compression() {
        return Compression.NONE;
    }

    @Override
    protected WalSenderTransport transport() {
        return new GrpcSenderTransport();
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) {
        Metadata headers = new Metadata();
        headers.put(Compression.WANTED, compression().toString());
        return GrpcStandby.begin(Standbys.compressed(address, compression()), headers, RequestMessages.begin(login));
    }

    @Override
    protected int bytesUnderWay() {
        return BUFFERS_BYTES;
    }

    @Override
    protected void checkForLeaks() {
        Standbys.assertServerLeaksNothing();
    }
}
