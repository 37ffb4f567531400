// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ReceivedWal;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import io.walcast.ipc.WalRcvShared;
import io.walcast.postmaster.serve.ListenAddress;
import io.walcast.postmaster.serve.NodeSettings;
import io.walcast.postmaster.serve.Postmaster;
import io.walcast.transport.WalReceiverTransports;
import io.walcast.transport.WalSenderTransports;
import io.walcast.walreceiver.FlushPolicy;
import io.walcast.walreceiver.WalReceiverConfig;
import io.walcast.walreceiver.WalReceiverListener;
import io.walcast.walreceiver.WalReceiverSession;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code walcast receivewal --serve} is made of, in this process: a node that serves what is in its directory, and that
 * receives from whom a test says, one server after the other.
 */
public final class RelayNode implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern PORT = Pattern.compile("listening on IPv4 address \"127\\.0\\.0\\.1\", port (\\d+)");

    private final WalRcvShared shared = new WalRcvShared();
    private final NodeDirectory node;
    private final WalDirectory directory;
    private final Postmaster postmaster;
    private final List<InetSocketAddress> addresses;
    private @Nullable Receiving receiving;
    private @Nullable CompletableFuture<Integer> stopping;

    private record Receiving(WalReceiverSession session, CompletableFuture<?> end) {}

    /**
     * Serves the directory of a node, which has been initialized.
     *
     * @see ServingProgram#initialize
     */
    public RelayNode(NodeDirectory node) {
        this(node, new String[] {"127.0.0.1:0"});
    }

    /** Serves it at addresses of this form. */
    public RelayNode(NodeDirectory node, String... listen) {
        this.node = node;
        List<String> log = new CopyOnWriteArrayList<>();
        postmaster = Postmaster.start(node, NodeSettings.of(node, List.of()), log::add);
        directory = WalDirectory.open(node.wal(), WalDirectoryOptions.DEFAULTS.withSync(false));
        postmaster.serveReceived(
                Stream.of(listen).map(ListenAddress::parse).toList(),
                WalSenderTransports.load(),
                ReceivedWal.open(directory, shared),
                directory,
                shared,
                () -> {});
        addresses = PORT.matcher(String.join("\n", log))
                .results()
                .map(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1))))
                .toList();
        assertThat(addresses).as("log: %s", log).hasSameSizeAs(listen);
    }

    /** Returns where it listens. */
    public InetSocketAddress address() {
        return addresses.get(0);
    }

    /** Returns where it listens, in the order in which it was told. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** Returns up to where it may send. */
    public Lsn flushedUpto() {
        return shared.flushedUpto();
    }

    /** Receives from another server than so far. */
    public void receiveFrom(String conninfo) {
        stopReceiving();
        WalReceiverSession session = new WalReceiverSession(
                WalReceiverConfig.of(conninfo, node.wal())
                        .withFlush(FlushPolicy.EVERY_BURST, true)
                        .withEnvironment(Map.of()),
                WalReceiverTransports.load().forConninfo(conninfo),
                directory,
                shared,
                new WalReceiverListener() {},
                Clock.system(),
                new AgentThreads("walflusher"));
        receiving = new Receiving(session, CompletableFuture.supplyAsync(session::run));
    }

    /** Serves WAL that nobody received, which is in its directory already. */
    public void serveStored(TimelineId timeline, Lsn start, Lsn end) {
        shared.startsAt(timeline, start, start, null);
        shared.flushed(end, timeline);
    }

    /** Waits until it has {@code upto} on disk. */
    public void awaitFlush(Lsn upto) {
        await().atMost(PATIENCE).until(() -> !shared.flushedUpto().isBefore(upto));
    }

    /** Ends receiving; what is there is served on. */
    public void stopReceiving() {
        Receiving current = receiving;
        if (current != null) {
            receiving = null;
            current.session().stop();
            await().atMost(PATIENCE).until(current.end()::isDone);
        }
    }

    /** Shuts serving down in order, in the background; {@link #close} waits for it. */
    public void stop() {
        stopping = CompletableFuture.supplyAsync(postmaster::stop);
    }

    @Override
    public void close() {
        stopReceiving();
        postmaster.close();
        CompletableFuture<Integer> stopped = stopping;
        if (stopped != null) {
            await().atMost(PATIENCE).until(stopped::isDone);
        }
        directory.close();
    }
}
