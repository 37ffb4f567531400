// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.testkit.transport.WalSenderTransportContract;
import io.walcast.transport.WalSenderTransport;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The sending end, in front of a service that follows a script. */
class PlainSenderContractIT extends WalSenderTransportContract {
    /** What the sockets of both ends may hold. */
    private static final int BUFFERS_BYTES = 16 << 20;

    @Override
    protected WalSenderTransport transport() {
        return new PlainSenderTransport();
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) throws IOException {
        return PlainStandby.connect(address, login);
    }

    @Override
    protected int bytesUnderWay() {
        return BUFFERS_BYTES;
    }
}
