// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.transport.WalReceiverTransport;

class MemoryConnectionContractTest extends WalReceiverConnectionContract {
    private final MemoryTransport transport = new MemoryTransport();

    @Override
    protected WalReceiverTransport transport() {
        return transport;
    }

    @Override
    protected String startPrimary(PrimaryScript script) {
        return transport.add("primary", script);
    }
}
