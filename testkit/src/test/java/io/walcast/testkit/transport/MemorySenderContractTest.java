// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.WalSenderTransport;
import java.net.InetSocketAddress;

class MemorySenderContractTest extends WalSenderTransportContract {
    private final MemoryTransport transport = new MemoryTransport();

    @Override
    protected WalSenderTransport transport() {
        return transport;
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) {
        return transport.standby(address, login);
    }
}
