// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.error.ConnectionException;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The sending end: one socket that listens, one thread for it and for all who connect.
 *
 * <p>Threading: {@link Listener} from any thread, the rest on the loop.
 */
final class PlainListener implements Listener {
    private static final long PATIENCE_S = 30;

    private final ListenOptions options;
    private final ReplicationService service;
    private final Loop loop;
    private final ServerSocketChannel server;
    private final InetSocketAddress address;
    private final SelectionKey key;
    private final Set<ServedPeer> peers = new HashSet<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private PlainListener(ListenOptions options, ReplicationService service, ServerSocketChannel server)
            throws IOException {
        this.options = options;
        this.service = service;
        this.server = server;
        this.address = (InetSocketAddress) server.getLocalAddress();
        this.loop = Loop.start("walcast-plain-server-" + address.getPort(), this::tick);
        this.key = loop.register(server, this::accept);
        loop.execute(this::updateInterest);
    }

    static PlainListener open(ListenOptions options, ReplicationService service) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            try {
                server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                server.bind(options.address());
                return new PlainListener(options, service, server);
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ConnectionException(
                    "could not bind plain address \"%s\": %s".formatted(options.address(), e.getMessage()), e);
        }
    }

    private long strangers() {
        return peers.stream().filter(ServedPeer::isStranger).count();
    }

    private long sessions() {
        return peers.stream().filter(ServedPeer::isSession).count();
    }

    /** As long as there are too many strangers, the next ones wait in the operating system. */
    private void updateInterest() {
        if (key.isValid()) {
            boolean mayEnter = strangers() < options.limits().unauthenticated();
            key.interestOps(mayEnter ? SelectionKey.OP_ACCEPT : 0);
        }
    }

    private void accept() {
        try {
            SocketChannel socket = server.accept();
            if (socket == null) {
                return;
            }
            InetSocketAddress client = (InetSocketAddress) socket.getRemoteAddress();
            if (client == null || isCrowd(client.getAddress())) {
                socket.close();
                return;
            }
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            peers.add(new ServedPeer(this, loop, socket, client));
            updateInterest();
        } catch (IOException e) {
            // the stranger has gone again
        }
    }

    private boolean isCrowd(InetAddress client) {
        return peers.stream()
                        .filter(peer ->
                                peer.isStranger() && peer.client().getAddress().equals(client))
                        .count()
                >= options.limits().unauthenticatedPerAddress();
    }

    private void tick() {
        long nowNs = System.nanoTime();
        List.copyOf(peers).forEach(peer -> peer.checkDeadline(nowNs));
    }

    ReplicationService service() {
        return service;
    }

    ListenOptions.Limits limits() {
        return options.limits();
    }

    boolean isFull() {
        return sessions() >= options.limits().connections();
    }

    /** Hears that a peer has logged in or is on its way out. */
    void peerChanged() {
        updateInterest();
    }

    void peerGone(ServedPeer peer) {
        peers.remove(peer);
        updateInterest();
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    /** Without TLS there are no files to read again. */
    @Override
    public void reload(ListenOptions options) {}

    @Override
    public void stopAccepting() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            closeServer();
            done.complete(null);
        });
        await(CompletableFuture.anyOf(done, closed));
    }

    /** A registered socket is closed for good by the next selection. */
    private void closeServer() {
        try {
            server.close();
            key.selector().selectNow();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            loop.execute(() -> {
                closeServer();
                List.copyOf(peers).forEach(peer -> peer.cut(CloseReason.LISTENER_CLOSED));
                closed.complete(null);
            });
            loop.close();
        }
        await(closed.copy());
    }

    private void await(CompletableFuture<?> done) {
        if (!loop.isCurrent()) {
            done.orTimeout(PATIENCE_S, TimeUnit.SECONDS).join();
        }
    }
}
