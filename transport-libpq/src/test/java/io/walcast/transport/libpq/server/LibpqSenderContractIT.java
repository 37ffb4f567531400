// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.testkit.standby.LibpqStandby;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.testkit.transport.WalSenderTransportContract;
import io.walcast.transport.WalSenderTransport;
import io.walcast.transport.libpq.LeakRecorder;
import java.io.IOException;
import java.net.InetSocketAddress;

/** PostgreSQL's protocol keeps the contract of a transport's sending end. */
class LibpqSenderContractIT extends WalSenderTransportContract {
    /** What the sockets of both ends may hold: the largest buffers that Linux gives to a loopback connection. */
    private static final int SOCKET_BUFFERS_BYTES = 16 << 20;

    @Override
    protected WalSenderTransport transport() {
        return new LibpqSenderTransport();
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) throws IOException {
        return LibpqStandby.connect(address, login);
    }

    @Override
    protected int bytesUnderWay() {
        return SOCKET_BUFFERS_BYTES;
    }

    @Override
    protected void checkForLeaks() {
        LeakRecorder.assertNothingLeaked();
    }
}
