// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.StartResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What all parts of the contract stand on: one script, the connections to the primary that follows it, and helpers. */
@Timeout(120)
abstract class TransportContract {
    /** How long anything may take that should happen at once. */
    static final Duration SOON = Duration.ofSeconds(30);

    /** A deadline that is meant to pass. */
    static final Duration SHORT = Duration.ofMillis(200);

    static final Lsn START = Lsn.parse("0/3000000");
    static final TimelineId ONE = TimelineId.FIRST;
    static final TimelineId TWO = TimelineId.of(2);

    final PrimaryScript script = new PrimaryScript();
    final PrimaryJournal journal = script.journal();
    final Latch latch = new Latch();
    final Cancellation cancellation = new Cancellation();
    final List<ErrorFields> notices = new CopyOnWriteArrayList<>();
    private final List<WalReceiverConnection> connections = new ArrayList<>();

    /** Returns the transport to prove. */
    protected abstract WalReceiverTransport transport();

    /**
     * Starts a primary that follows {@code script} and can be reached over the transport. The subclass ends it after the
     * test.
     *
     * @return the conninfo that reaches it
     */
    protected abstract String startPrimary(PrimaryScript script) throws Exception;

    /** Returns how many bytes may be under way outside of the window, in buffers of the operating system for example. */
    protected int bytesUnderWay() {
        return 0;
    }

    /** Fails if the transport has not given back all it took; called when every connection is closed. */
    protected void checkForLeaks() {}

    /** On the owner's thread, so that what is still lent is given back. */
    @AfterEach
    void closeConnections() {
        connections.forEach(WalReceiverConnection::close);
        checkForLeaks();
    }

    final WalReceiverConnection connect() {
        return connect(options -> options);
    }

    final WalReceiverConnection connect(UnaryOperator<ConnectOptions> change) {
        String conninfo;
        try {
            conninfo = startPrimary(script);
        } catch (Exception e) {
            throw new AssertionError("the primary could not be started", e);
        }
        WalReceiverConnection connection = transport().connect(change.apply(options(conninfo)));
        connections.add(connection);
        return connection;
    }

    private ConnectOptions options(String conninfo) {
        return ConnectOptions.of(conninfo, latch)
                .withEnvironment(Map.of())
                .withCancellation(cancellation)
                .withNoticeListener(notices::add);
    }

    /** Connects and starts to stream on timeline 1. */
    final WalReceiverConnection streaming(PrimaryStream stream) {
        return streaming(stream, options -> options);
    }

    final WalReceiverConnection streaming(PrimaryStream stream, UnaryOperator<ConnectOptions> change) {
        script.stream(stream);
        WalReceiverConnection connection = connect(change);
        start(connection, ONE);
        return connection;
    }

    static void start(WalReceiverConnection connection, TimelineId timeline) {
        assertThat(connection.startStreaming(new StreamOptions.Physical(null, START, timeline)))
                .isEqualTo(new StartResult.Streaming());
    }

    /** Returns the next message; fails if none comes. */
    final ServerMessage next(WalReceiverConnection connection) {
        ServerMessage message = new BlockingReceiver(connection, latch).receive(SOON);
        assertThat(message).as("next message").isNotNull();
        return message;
    }

    final ReceivedStream receiveUntil(WalReceiverConnection connection, Predicate<ReceivedStream> enough) {
        ReceivedStream received = new ReceivedStream();
        while (!enough.test(received)) {
            next(connection).dispatchTo(received);
        }
        return received;
    }

    final ReceivedStream receiveWal(WalReceiverConnection connection, int bytes) {
        return receiveUntil(connection, received -> received.walBytes() >= bytes);
    }

    final ReceivedStream receiveToTheEnd(WalReceiverConnection connection) {
        return receiveUntil(connection, received -> received.endReason() != null);
    }

    /** Runs {@code action} on another thread; join the result. */
    static CompletableFuture<Void> elsewhere(Runnable action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        action.run();
                        done.complete(null);
                    } catch (RuntimeException | Error e) {
                        done.completeExceptionally(e);
                    }
                },
                "contract-elsewhere");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** Repeats {@code action}, which is expected to throw in the end, for a while at most. */
    static void repeat(Runnable action) {
        long deadlineNs = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() - deadlineNs < 0) {
            action.run();
        }
    }

    static byte[] randomWal(int bytes) {
        byte[] wal = new byte[bytes];
        new Random(42).nextBytes(wal);
        return wal;
    }
}
