// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.io.IOException;
import java.net.Socket;

/** How a connection is ended. */
public enum Ending {
    /** In order: what was sent before arrives. */
    FIN,
    /** At once, as when a host loses its state: what is under way may be lost. */
    RST;

    /** Closes {@code socket} this way. */
    void close(Socket socket) {
        try {
            if (this == RST) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            // It is closed already, or by its peer.
        }
    }
}
