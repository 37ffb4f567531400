// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.ipc.Agent;
import io.walcast.postmaster.http2.CallEnd;
import io.walcast.postmaster.http2.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Some who flood a gRPC port from one address, each on a thread, and come again when they are cut off. */
final class Attackers implements AutoCloseable {
    private static final Duration LAST_WORDS = Duration.ofMillis(50);

    private final InetSocketAddress server;
    private final String from;
    private final Flood flood;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<String, Integer> ends = new ConcurrentHashMap<>();

    // Written by whoever closes, read by the threads.
    private volatile boolean closed;

    private Attackers(String from, int port, Flood flood) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.from = from;
        this.flood = flood;
    }

    /** Has {@code number} of them begin. */
    static Attackers start(String from, int port, Flood flood, int number) {
        Attackers attackers = new Attackers(from, port, flood);
        for (int i = 0; i < number; i++) {
            Thread thread = new Thread(attackers::run, flood + "-" + i);
            thread.setDaemon(true);
            thread.start();
            attackers.threads.add(thread);
        }
        return attackers;
    }

    private void run() {
        while (!closed) {
            try (RawClient client = RawClient.connect(from, server, 0)) {
                connections.incrementAndGet();
                flood.go(client, () -> !closed);
                if (!closed) {
                    ends.merge(name(client.awaitEnd(0, LAST_WORDS)), 1, Integer::sum);
                }
            } catch (IOException e) {
                ends.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
            }
        }
    }

    private static String name(CallEnd end) {
        return end.goAwayCode() >= 0
                ? "GOAWAY " + end.goAwayCode() + " " + end.goAwayText()
                : end.closed() ? "closed" : "open";
    }

    /** Returns how many connections they have made. */
    int connections() {
        return connections.get();
    }

    /** Returns how often each end of a connection was seen. */
    Map<String, Integer> ends() {
        return new TreeMap<>(ends);
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Agent::join);
    }
}
