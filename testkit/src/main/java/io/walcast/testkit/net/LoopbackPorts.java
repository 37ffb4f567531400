// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * TCP ports of 127.0.0.1 that outgoing connections never use.
 *
 * <p>A server that stops and comes back on the same port must not lie in the range from which the kernel takes ports for
 * outgoing connections: a client that keeps trying the dead port would now and then get the port for its own end, and be
 * connected with itself. So these are bound below that range, not at port 0.
 */
public final class LoopbackPorts {
    private static final Path EPHEMERAL_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int DEFAULT_EPHEMERAL_START = 32768;
    private static final int LOWEST = 10_000;
    private static final int RANGE_BYTES = 128;
    private static final int ATTEMPTS = 200;

    private LoopbackPorts() {}

    /** Returns a listening socket on a free port. */
    public static ServerSocket listen() {
        int end = ephemeralStart();
        IOException last = new IOException("no attempt");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = end - LOWEST < 1000 ? 0 : ThreadLocalRandom.current().nextInt(LOWEST, end);
            try {
                return listen(port);
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("no free port on 127.0.0.1", last);
    }

    /**
     * Returns a listening socket on {@code port}.
     *
     * @throws IOException if the port is taken
     */
    public static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address(port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Returns a port that was free a moment ago, for a program that cannot be given a listening socket. */
    public static int free() {
        try (ServerSocket socket = listen()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static int ephemeralStart() {
        // In one read: the kernel answers a second one with the end of the file, wherever the first one stopped.
        try (InputStream in = Files.newInputStream(EPHEMERAL_RANGE)) {
            byte[] buffer = new byte[RANGE_BYTES];
            int length = Math.max(0, in.read(buffer));
            String range = new String(buffer, 0, length, StandardCharsets.US_ASCII).strip();
            return Integer.parseInt(range.split("\\s+", -1)[0]);
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_EPHEMERAL_START;
        }
    }
}
