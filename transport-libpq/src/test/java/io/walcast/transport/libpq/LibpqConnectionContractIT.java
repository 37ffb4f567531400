// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.testkit.primary.ScriptedPrimary;
import io.walcast.testkit.transport.LibpqScript;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.WalReceiverConnectionContract;
import io.walcast.transport.WalReceiverTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

final class LibpqConnectionContractIT extends WalReceiverConnectionContract {
    /** What the sockets of both ends may hold: the largest buffers that Linux gives to a loopback connection. */
    private static final int SOCKET_BUFFERS_BYTES = 16 << 20;

    private @Nullable ScriptedPrimary primary;

    @Override
    protected WalReceiverTransport transport() {
        return new LibpqReceiverTransport();
    }

    @Override
    protected String startPrimary(PrimaryScript script) {
        ScriptedPrimary running = primary;
        if (running == null) {
            running = ScriptedPrimary.start(new LibpqScript(script));
            primary = running;
        }
        return running.conninfo("");
    }

    @Override
    protected int bytesUnderWay() {
        return SOCKET_BUFFERS_BYTES;
    }

    @Override
    protected void checkForLeaks() {
        LeakRecorder.assertNothingLeaked();
    }

    @AfterEach
    void endPrimary() {
        ScriptedPrimary running = primary;
        if (running != null) {
            running.close();
        }
    }
}
