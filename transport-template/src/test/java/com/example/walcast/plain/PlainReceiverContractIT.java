// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryService;
import io.walcast.testkit.transport.WalReceiverConnectionContract;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.WalReceiverTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The receiving end; the sending end plays the primary of the script. */
class PlainReceiverContractIT extends WalReceiverConnectionContract {
    /** What the sockets of both ends may hold, and what waits to be sent. */
    private static final int BUFFERS_BYTES = 16 << 20;

    private @Nullable PrimaryService service;
    private @Nullable Listener listener;

    @Override
    protected WalReceiverTransport transport() {
        return new PlainReceiverTransport();
    }

    @Override
    protected String startPrimary(PrimaryScript script) {
        Listener running = listener;
        if (running == null) {
            PrimaryService primary = new PrimaryService(script);
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            running = new PlainSenderTransport().listen(ListenOptions.plain(anyPort), primary);
            service = primary;
            listener = running;
        }
        return "plain://127.0.0.1:" + running.address().getPort();
    }

    @Override
    protected int bytesUnderWay() {
        return BUFFERS_BYTES;
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
