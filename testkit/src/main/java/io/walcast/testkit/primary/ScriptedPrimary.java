// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.testkit.net.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small server on 127.0.0.1 that speaks PostgreSQL's protocol and does what scripts say.
 *
 * <pre>{@code
 * try (ScriptedPrimary primary = ScriptedPrimary.start(session -> {
 *     session.acceptStartup();
 *     session.expectQuery("IDENTIFY_SYSTEM");
 *     session.sendError("42501", "no");
 * })) {
 *     … connect to primary.port() …
 * }
 * }</pre>
 */
public final class ScriptedPrimary implements AutoCloseable {
    /** Fixed, so that the kernel does not read megabytes for a script that does not. */
    private static final int RECEIVE_BUFFER_BYTES = 256 << 10;

    private final List<Script> scripts;
    private final ServerSocket listener = LoopbackPorts.listen();
    private final Object lock = new Object();
    private final List<PrimarySession> sessions = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    // Written by the closing thread, read by the scripts' threads.
    private volatile boolean isClosing;

    private ScriptedPrimary(List<Script> scripts) {
        this.scripts = scripts;
    }

    /** Starts a primary whose first connection runs the first script and so on; further ones run the last. */
    public static ScriptedPrimary start(Script first, Script... next) {
        List<Script> scripts = new ArrayList<>(List.of(first));
        scripts.addAll(List.of(next));
        ScriptedPrimary primary = new ScriptedPrimary(List.copyOf(scripts));
        start(primary::accept, "walcast-primary");
        return primary;
    }

    /** Starts a primary that answers what receivers ask and streams {@code wal}; see {@link StreamingScript}. */
    public static ScriptedPrimary streaming(
            SystemIdentifier system, TimelineId timeline, SegmentSize segmentSize, Lsn start, byte[] wal) {
        return start(StreamingScript.of(system, timeline, segmentSize, start, wal));
    }

    /** Returns the port of 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns a connection string for libpq and its like, with the keywords of {@code extra} at its end. */
    public String conninfo(String extra) {
        String base = "host=127.0.0.1 port=" + port() + " user=postgres";
        return extra.isEmpty() ? base : base + " " + extra;
    }

    /** Returns the connections so far, in their order. */
    public List<PrimarySession> sessions() {
        return List.copyOf(sessions);
    }

    /**
     * Waits for connection {@code number}; the first is 0.
     *
     * @throws ScriptFailure if it has not come after {@code timeout}
     */
    public PrimarySession awaitSession(int number, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (sessions.size() <= number) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new ScriptFailure(
                            "%d connections (expected: more than %d)".formatted(sessions.size(), number));
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new ScriptFailure("interrupted while waiting for a connection");
                }
            }
            return sessions.get(number);
        }
    }

    /** Returns what has gone wrong in scripts. */
    public List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /**
     * Ends all connections.
     *
     * @throws ScriptFailure or whatever it was that first went wrong in a script
     */
    @Override
    public void close() {
        isClosing = true;
        try {
            listener.close();
            for (PrimarySession session : sessions) {
                session.abandon();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0) instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException("a script failed", failures.get(0));
        }
    }

    private void accept() {
        while (!isClosing) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
                PrimarySession session = opened(socket);
                start(() -> run(session), "walcast-primary-" + session.number());
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private PrimarySession opened(Socket socket) {
        synchronized (lock) {
            PrimarySession session = new PrimarySession(sessions.size(), socket);
            sessions.add(session);
            lock.notifyAll();
            return session;
        }
    }

    private void run(PrimarySession session) {
        Script script = scripts.get(Math.min(session.number(), scripts.size() - 1));
        @Nullable Throwable failure = null;
        try {
            script.run(session);
        } catch (IOException | ClientGoneException e) {
            // The client is gone.
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        if (failure != null && !isClosing) {
            failures.add(failure);
        }
        try {
            session.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    static void start(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
