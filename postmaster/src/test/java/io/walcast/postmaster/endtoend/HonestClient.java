// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.standby.FrontendBytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Somebody who logs in and leaves again. */
final class HonestClient {
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int LIMIT_MS = 10_000;

    private HonestClient() {}

    /** Logs in from {@code address} to {@code port} of 127.0.0.1; returns how long that took, connect included. */
    static Duration logIn(String address, int port) throws IOException {
        long began = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            socket.setSoTimeout(LIMIT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MS);
            socket.getOutputStream()
                    .write(FrontendBytes.startup(
                            PROTOCOL_3_0, Map.of("user", PostgresServer.USER, "replication", "true")));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type = in.readByte();
            while (type != 'Z') {
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                if (type == 'E') {
                    throw new IOException("refused: " + new String(body, StandardCharsets.UTF_8));
                }
                type = in.readByte();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            socket.getOutputStream().write(FrontendBytes.terminate());
            return took;
        }
    }
}
