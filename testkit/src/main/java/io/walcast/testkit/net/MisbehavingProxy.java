// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.walcast.ipc.Agent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on 127.0.0.1 that can be told, at any moment and for each direction, to treat bytes badly.
 *
 * <p>A new behaviour holds for open connections and for those to come. At most what one read returned (256 kB) is still on
 * its way when a direction is stopped.
 */
public final class MisbehavingProxy implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    private final Tap tap;
    private final BehaviourSwitch behaviours = new BehaviourSwitch();
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final int port;

    // Written by whoever steers, read by the accepting thread.
    private volatile InetSocketAddress target;
    private volatile @Nullable ServerSocket listener;
    private volatile @Nullable Thread acceptor;

    private MisbehavingProxy(InetSocketAddress target, Tap tap) {
        this.target = target;
        this.tap = tap;
        ServerSocket socket = LoopbackPorts.listen();
        port = socket.getLocalPort();
        listener = socket;
        accept(socket);
    }

    /** Returns a proxy to {@code port} of 127.0.0.1, listening. */
    public static MisbehavingProxy to(int port) {
        return to(LoopbackPorts.address(port), Tap.NONE);
    }

    /** Returns a proxy to {@code port} of 127.0.0.1, listening, which shows all it carries to {@code tap}. */
    public static MisbehavingProxy to(int port, Tap tap) {
        return to(LoopbackPorts.address(port), tap);
    }

    /** Returns a proxy to {@code target}, listening, which shows all it carries to {@code tap}. */
    public static MisbehavingProxy to(InetSocketAddress target, Tap tap) {
        return new MisbehavingProxy(target, tap);
    }

    /** Returns the port of 127.0.0.1 it listens on, always the same. */
    public int port() {
        return port;
    }

    /** Changes how one direction behaves. */
    public void behave(Direction direction, Behaviour behaviour) {
        behaviours.set(direction, behaviour);
    }

    /** Changes how both directions behave. */
    public void behave(Behaviour behaviour) {
        for (Direction direction : Direction.values()) {
            behave(direction, behaviour);
        }
    }

    /** Ends all open connections. */
    public void cut(Ending ending) {
        links.forEach(link -> link.end(ending));
    }

    /** Refuses connections from now on; open ones stay. */
    public void refuse() {
        ServerSocket socket = listener;
        listener = null;
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Thread accepting = acceptor;
        if (accepting != null) {
            Agent.join(accepting); // as long as it is in accept, the kernel still takes connections
        }
    }

    /** Takes connections again after {@link #refuse}. */
    public void admit() {
        if (listener != null) {
            return;
        }
        try {
            ServerSocket socket = LoopbackPorts.listen(port);
            listener = socket;
            accept(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes where connections to come lead. */
    public void retarget(int newPort) {
        target = LoopbackPorts.address(newPort);
    }

    /** Returns how many connections have been accepted. */
    public int accepted() {
        return accepted.get();
    }

    /** Returns how many connections are open. */
    public int open() {
        return links.size();
    }

    /** Ends all connections and stops listening. */
    @Override
    public void close() {
        refuse();
        cut(Ending.RST);
    }

    private void accept(ServerSocket socket) {
        acceptor = start(
                () -> {
                    while (!socket.isClosed()) {
                        try {
                            Socket client = socket.accept();
                            int number = accepted.getAndIncrement();
                            Link link = new Link(client, new Socket(), tap.opened(number));
                            links.add(link);
                            start(() -> open(link, number), "walcast-proxy-to-server-" + number);
                        } catch (IOException e) {
                            return; // closed
                        }
                    }
                },
                "walcast-proxy-" + port);
    }

    private void open(Link link, int number) {
        try {
            link.server.connect(target, CONNECT_TIMEOUT_MS);
            link.client.setTcpNoDelay(true);
            link.server.setTcpNoDelay(true);
            start(link.pump(Direction.TO_CLIENT, link.server, link.client), "walcast-proxy-to-client-" + number);
            link.pump(Direction.TO_SERVER, link.client, link.server).run();
        } catch (IOException e) {
            link.end(Ending.RST);
        }
    }

    @CanIgnoreReturnValue
    private static Thread start(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A client's connection and the one it is carried on by. */
    private final class Link implements Pump.Ender {
        private final Socket client;
        private final Socket server;
        private final Tap.Wire wire;
        private final AtomicInteger pumpsLeft = new AtomicInteger(Direction.values().length);

        // Written by whoever ends the connection first, read by the pumps.
        private volatile boolean ended;

        private Link(Socket client, Socket server, Tap.Wire wire) {
            this.client = client;
            this.server = server;
            this.wire = wire;
        }

        private Runnable pump(Direction direction, Socket from, Socket to) {
            Pump pump = new Pump(direction, from, to, behaviours, wire, this);
            return () -> {
                pump.run();
                if (pumpsLeft.decrementAndGet() == 0) {
                    end(Ending.FIN);
                }
            };
        }

        @Override
        public void end(Ending ending) {
            if (links.remove(this)) {
                ended = true;
                behaviours.wake();
                ending.close(client);
                ending.close(server);
                wire.closed();
            }
        }

        @Override
        public boolean hasEnded() {
            return ended;
        }
    }
}
