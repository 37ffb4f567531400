// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.postmaster.http2.Frame;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.standby.FrontendBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Connections from one address that never log in. One in four is silent, one sends half a startup packet, one a request for
 * TLS and no more, one a startup packet of which a byte comes each second. Not safe for use by several threads.
 */
final class CrowdOfStrangers implements AutoCloseable {
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final long SLOW_NS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] STARTUP =
            FrontendBytes.startup(PROTOCOL_3_0, Map.of("user", PostgresServer.USER, "replication", "true"));
    private static final List<byte[]> LIBPQ = List.of(
            new byte[0],
            Arrays.copyOf(STARTUP, STARTUP.length / 2),
            FrontendBytes.sslRequest(),
            Arrays.copyOf(STARTUP, 1));

    private static final List<byte[]> GRPC = List.of(
            new byte[0], Arrays.copyOf(Frame.preface(), 12), Frame.preface(), Arrays.copyOf(Frame.preface(), 1));
    private static final int SLOW = 3;

    private final InetAddress from;
    private final InetSocketAddress to;
    private final List<byte[]> beginnings;
    private final List<Stranger> present = new ArrayList<>();
    private int all;
    private long slowSentNs = System.nanoTime();

    /** Comes from {@code address} to {@code port} of 127.0.0.1; nobody yet. */
    CrowdOfStrangers(String address, int port) {
        this(address, port, LIBPQ);
    }

    private CrowdOfStrangers(String address, int port, List<byte[]> beginnings) {
        this.beginnings = beginnings;
        try {
            from = InetAddress.getByName(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Returns one that comes to a gRPC port: one in four is silent, one says half of what HTTP/2 begins with, one all of that and
     * no more, one a byte of it each second, and not the right one.
     */
    static CrowdOfStrangers atGrpc(String address, int port) {
        return new CrowdOfStrangers(address, port, GRPC);
    }

    /** One connection, and which kind it is. */
    private record Stranger(SocketChannel channel, int kind) {}

    /** Opens that many more connections. */
    void come(int number) {
        try {
            for (int i = 0; i < number; i++) {
                Stranger stranger = new Stranger(SocketChannel.open(), all % beginnings.size());
                present.add(stranger);
                all++;
                stranger.channel.bind(new InetSocketAddress(from, 0));
                stranger.channel.connect(to);
                stranger.channel.configureBlocking(false);
                send(stranger, beginnings.get(stranger.kind));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(Stranger stranger, byte[] bytes) {
        try {
            stranger.channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // Sent away already, as the next look will show.
        }
    }

    /** Forgets those whom the server has sent away; returns how many are left. */
    int left() {
        boolean slowIsDue = System.nanoTime() - slowSentNs > SLOW_NS;
        for (Iterator<Stranger> strangers = present.iterator(); strangers.hasNext(); ) {
            Stranger stranger = strangers.next();
            if (isSentAway(stranger.channel)) {
                strangers.remove();
                close(stranger);
            } else if (slowIsDue && stranger.kind == SLOW) {
                send(stranger, new byte[1]);
            }
        }
        if (slowIsDue) {
            slowSentNs = System.nanoTime();
        }
        return present.size();
    }

    private static boolean isSentAway(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** Returns how many have come in all. */
    int all() {
        return all;
    }

    private static void close(Stranger stranger) {
        try {
            stranger.channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        present.forEach(CrowdOfStrangers::close);
    }
}
