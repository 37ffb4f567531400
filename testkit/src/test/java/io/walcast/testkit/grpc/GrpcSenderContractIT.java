// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.testkit.transport.WalSenderTransportContract;
import io.walcast.transport.WalSenderTransport;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietGrpc.class)
class GrpcSenderContractIT extends WalSenderTransportContract {
    /** The windows of HTTP/2 and what the sockets of both ends may hold. */
    private static final int BUFFERS_BYTES = 8 << 20;

    @Override
    protected WalSenderTransport transport() {
        return new GrpcTransport();
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) {
        return GrpcStandby.connect(address, login);
    }

    @Override
    protected int bytesUnderWay() {
        return BUFFERS_BYTES;
    }
}
