// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.WalDirectory;
import io.walcast.ipc.Agent;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvStatus;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalReceiverTransports;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A receiver that stays: runs one {@link WalReceiverSession} after the other, with a growing pause between them, until
 * it is closed or an error says that trying again cannot help.
 *
 * <pre>{@code
 * try (WalReceiver receiver = WalReceiver.start(
 *         WalReceiverConfig.of("host=primary user=replicator", Path.of("wal")).withCreatedSlot("walcast"))) {
 *     receiver.awaitFlush(Lsn.parse("0/3000000"), Duration.ofMinutes(1));
 *     System.out.println(receiver.status());
 * }
 * }</pre>
 *
 * <p>Threading: every method from any thread. What {@link #flushedUpto} tells is on disk, file and directory.
 */
public final class WalReceiver implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(WalReceiver.class);

    private final WalReceiverConfig config;
    private final WalReceiverTransport transport;
    private final WalDirectory directory;
    private final WalReceiverListener listener;
    private final WalRcvShared shared = new WalRcvShared();
    private final Latch latch = new Latch();
    private final Thread thread;

    private final Object lock = new Object();
    private @Nullable WalReceiverSession session;
    private boolean stopping;
    private @Nullable Throwable failure;
    private @Nullable ReceiveEnd end;

    private WalReceiver(
            WalReceiverConfig config,
            WalReceiverTransport transport,
            WalDirectory directory,
            WalReceiverListener listener) {
        this.config = config;
        this.transport = transport;
        this.directory = directory;
        this.listener = listener;
        thread = new AgentThreads("walreceiver").newThread(this::supervise);
    }

    /** Starts a receiver with the transport on the class path that claims the conninfo. */
    public static WalReceiver start(WalReceiverConfig config) {
        WalReceiverTransport transport = WalReceiverTransports.load().forConninfo(config.conninfo());
        return start(config, transport, WalReceiverListener.NONE);
    }

    /**
     * Starts a receiver. The directory is made if it is not there, locked, and its tail recovered before this returns;
     * connecting happens afterwards, on the receiver's own thread.
     *
     * @throws WalException if the conninfo or the directory cannot be used
     */
    public static WalReceiver start(
            WalReceiverConfig config, WalReceiverTransport transport, WalReceiverListener listener) {
        transport.checkConninfo(config.conninfo());
        WalDirectory directory = WalDirectories.open(config, listener);
        WalReceiver receiver = new WalReceiver(config, transport, directory, listener);
        try {
            receiver.thread.start();
            return receiver;
        } catch (Error e) { // no more threads: nobody else would give up the lock
            directory.close();
            throw e;
        }
    }

    private void supervise() {
        Backoff backoff = new Backoff(ThreadLocalRandom.current());
        try (directory) {
            boolean again = true;
            while (again) {
                again = oneSession(backoff);
            }
        } catch (Throwable e) { // the outermost loop of a thread: an Error must be heard of too
            failed(e);
        } finally {
            synchronized (lock) {
                stopping = true;
            }
        }
    }

    /** Runs one session and the pause after it; returns whether another one is to follow. */
    private boolean oneSession(Backoff backoff) {
        WalReceiverSession current = new WalReceiverSession(
                config, transport, directory, shared, listener, Clock.system(), new AgentThreads("walflusher"));
        if (!begin(current)) {
            return false;
        }
        Lsn flushedBefore = shared.flushedUpto();
        WalException reason;
        try {
            ReceiveEnd ended = current.run();
            if (ended != ReceiveEnd.SERVER_SHUTDOWN) {
                synchronized (lock) {
                    end = ended;
                }
                return false;
            }
            reason = new ConnectionException("the server shut down", null);
        } catch (WalException e) {
            reason = e;
        }
        if (shared.flushedUpto().isAfter(flushedBefore)) {
            backoff.reset();
        }
        return reason.retry() == Retry.NEVER ? failed(reason) : pause(reason, backoff.next(reason.retry()));
    }

    private boolean begin(WalReceiverSession next) {
        synchronized (lock) {
            session = next;
            return !stopping;
        }
    }

    private boolean failed(Throwable e) {
        synchronized (lock) {
            failure = e;
        }
        logger.atError().setCause(e).log("receiver stopped for good");
        return false;
    }

    private boolean pause(WalException reason, Duration pause) {
        logger.atWarn()
                .addKeyValue("sqlstate", reason.sqlState().code())
                .addKeyValue("pauseMs", pause.toMillis())
                .log("receiver lost its session: {}", reason.getMessage());
        listener.onRetry(reason, pause);
        long deadlineNs = System.nanoTime() + pause.toNanos();
        while (!isStopping() && deadlineNs - System.nanoTime() > 0) {
            latch.reset();
            if (!isStopping()) {
                latch.await(deadlineNs - System.nanoTime());
            }
        }
        return !isStopping();
    }

    private boolean isStopping() {
        synchronized (lock) {
            return stopping;
        }
    }

    /** Returns positions, state and peer, as {@code pg_stat_wal_receiver} shows them. */
    public WalRcvStatus status() {
        return shared.status();
    }

    /** Returns up to where WAL is on disk for good; 0/0 before the first stream. */
    public Lsn flushedUpto() {
        return shared.flushedUpto();
    }

    /**
     * Returns whether the WAL before {@code lsn} is on disk for good; waits for it up to {@code timeout}. A position says
     * nothing of its timeline: around a promotion look at {@link #status} too.
     */
    public boolean awaitFlush(Lsn lsn, Duration timeout) {
        return shared.awaitFlush(lsn, timeout);
    }

    /**
     * Waits until the receiver has ended by itself or by {@link #close}.
     *
     * @return why, {@link ReceiveEnd#STOP_REQUESTED} or {@link ReceiveEnd#END_POSITION}
     * @throws WalException if it ended with an error that trying again could not help
     * @throws IllegalStateException if it died of something else, above all of what a listener threw
     * @throws InterruptedException if the waiting thread is interrupted; the receiver goes on
     */
    public ReceiveEnd awaitEnd() throws InterruptedException {
        thread.join();
        synchronized (lock) {
            if (failure instanceof WalException known) {
                throw known;
            }
            if (failure != null) {
                throw new IllegalStateException("the receiver died: " + failure, failure);
            }
            return end == null ? ReceiveEnd.STOP_REQUESTED : end;
        }
    }

    /**
     * Ends the receiver: what was received is made durable and confirmed to the server first. Idempotent; returns when
     * all its threads have ended.
     */
    @Override
    public void close() {
        WalReceiverSession current;
        synchronized (lock) {
            stopping = true;
            current = session;
        }
        if (current != null) {
            current.stop();
        }
        latch.set();
        Agent.join(thread);
    }
}
