// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends back what it gets, on as many connections as are made. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket listener = LoopbackPorts.listen();

    EchoServer() {
        start(() -> {
            while (true) {
                Socket socket = listener.accept();
                start(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    }
                });
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private interface Body {
        void run() throws IOException;
    }

    private static void start(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (IOException e) {
                // closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
