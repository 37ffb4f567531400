// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AuthMethod;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.CancelKey;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Where standbys in memory connect. One thread plays the event loop of all its sessions.
 *
 * <p>Safe for use from any thread.
 */
final class MemoryListener implements Listener {
    private static final int KEY_BYTES = 32;
    private static final long PATIENCE_S = 30;

    private final Object lock = new Object();
    private final InetSocketAddress address;
    private final ListenOptions options;
    private final ReplicationService service;
    private final Consumer<MemoryListener> onStop;
    private final SecureRandom random = new SecureRandom();
    private final ExecutorService loop;

    // Written by the loop, read by any thread.
    private volatile Thread loopThread = Thread.currentThread();

    @GuardedBy("lock")
    private final Map<MemoryPipe, ServedSession> sessions = new LinkedHashMap<>();

    @GuardedBy("lock")
    private boolean accepting = true;

    MemoryListener(
            InetSocketAddress address,
            ListenOptions options,
            ReplicationService service,
            Consumer<MemoryListener> onStop) {
        this.address = address;
        this.options = options;
        this.service = service;
        this.onStop = onStop;
        this.loop = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "walcast-memory-sender-" + address.getPort());
            thread.setDaemon(true);
            loopThread = thread;
            return thread;
        });
    }

    void post(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // closed: every session was told
        }
    }

    /** Connects a standby, on its own thread. */
    ScriptedStandby connect(StandbyLogin login) {
        CompletableFuture<ScriptedStandby> connected = new CompletableFuture<>();
        post(() -> {
            try {
                connected.complete(accept(login));
            } catch (RuntimeException e) {
                connected.completeExceptionally(e);
            }
        });
        try {
            return connected.orTimeout(PATIENCE_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new ConnectionException("memory:" + address, e);
        }
    }

    private ScriptedStandby accept(StandbyLogin login) {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        checkAccess(login, client);
        CancelKey key = CancelKey.random(random, KEY_BYTES);
        MemoryPipe pipe = new MemoryPipe(options.limits().sendBufferBytes());
        ServedSession session = new ServedSession(this::post, pipe, () -> forget(pipe));
        synchronized (lock) {
            if (!accepting) {
                throw new ConnectionException("memory:" + address + ": connection refused", null);
            }
            if (sessions.size() >= options.limits().connections()) {
                throw fatal(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already");
            }
            sessions.put(pipe, session);
        }
        ReplicationSession opened;
        try {
            opened = service.open(
                    new SessionRequest(
                            login.mode(),
                            login.user(),
                            login.database(),
                            login.parameters(),
                            MemoryTransport.NAME,
                            client,
                            null,
                            key),
                    session);
        } catch (RuntimeException e) {
            forget(pipe);
            throw e;
        }
        session.begin(opened);
        return new MemoryStandby(
                session, pipe, opened.pid(), opened.parameters(), () -> service.cancel(opened.pid(), key));
    }

    private void checkAccess(StandbyLogin login, InetSocketAddress client) {
        String database = login.mode() == Mode.PHYSICAL ? null : login.database();
        AccessDecision decision =
                service.access().decide(new AccessRequest(client.getAddress(), false, login.user(), database));
        if (decision.method() != AuthMethod.TRUST) {
            throw fatal(
                    SqlState.INVALID_AUTHORIZATION,
                    "pg_hba.conf rejects connection for user \"" + login.user() + "\" in memory");
        }
    }

    private static ServerErrorException fatal(SqlState state, String message) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, null, null));
    }

    private void forget(MemoryPipe session) {
        synchronized (lock) {
            sessions.remove(session);
        }
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void reload(ListenOptions options) {
        // no files
    }

    @Override
    public void stopAccepting() {
        synchronized (lock) {
            accepting = false;
        }
        onStop.accept(this);
    }

    @Override
    public void close() {
        stopAccepting();
        post(this::closeSessions);
        loop.shutdown();
        if (Thread.currentThread() != loopThread) {
            awaitLoop();
        }
    }

    private void closeSessions() {
        List<ServedSession> open;
        synchronized (lock) {
            open = List.copyOf(sessions.values());
        }
        open.forEach(session -> session.close(CloseReason.LISTENER_CLOSED));
    }

    private void awaitLoop() {
        try {
            if (!loop.awaitTermination(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("memory:" + address + ": a session blocks (expected: none ever does)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
