// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.walcast.auth.AccessRules;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A service whose sessions do what a test says. Safe for use from any thread. */
public final class ScriptedService implements ReplicationService {
    private static final Duration POLL = Duration.ofMillis(5);

    private final List<ScriptedSession> sessions = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Map<String, String> parameters = new ConcurrentHashMap<>(Map.of("server_version", "18.0"));
    private final AtomicInteger nextPid = new AtomicInteger(1000);

    // Written by the test, read by the transport's threads.
    private volatile AccessRules access = ScriptedAccess.trust();
    private volatile @Nullable ErrorFields refusal;
    private volatile Consumer<SessionPeer> onOpen = peer -> {};
    private volatile SessionScript script = (session, command, reply) -> reply.ready();

    /** Says who may connect; everybody unless said otherwise. */
    @CanIgnoreReturnValue
    public ScriptedService access(AccessRules rules) {
        access = rules;
        return this;
    }

    /** Says how sessions are refused that the rules let in; null refuses none. */
    @CanIgnoreReturnValue
    public ScriptedService refuseWith(@Nullable ErrorFields fields) {
        refusal = fields;
        return this;
    }

    /** Says what to do, besides, when a session is opened; what it throws has a bug. */
    @CanIgnoreReturnValue
    public ScriptedService onOpen(Consumer<SessionPeer> action) {
        onOpen = action;
        return this;
    }

    /** Says what sessions do about their commands. */
    @CanIgnoreReturnValue
    public ScriptedService onCommand(SessionScript script) {
        this.script = script;
        return this;
    }

    /** Says what is reported of the server. */
    @CanIgnoreReturnValue
    public ScriptedService parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    @Override
    public AccessRules access() {
        return access;
    }

    @Override
    public int serverMajor() {
        return 18;
    }

    @Override
    public ReplicationSession open(SessionRequest request, SessionPeer peer) {
        ErrorFields fields = refusal;
        if (fields != null) {
            throw new ServerErrorException(fields);
        }
        onOpen.accept(peer);
        int pid = nextPid.incrementAndGet();
        ScriptedSession session = new ScriptedSession(
                pid,
                request,
                peer,
                new LinkedHashMap<>(parameters),
                (at, command, reply) -> script.execute(at, command, reply),
                complaints::add);
        sessions.add(session);
        return session;
    }

    @Override
    public void cancel(int pid, CancelKey key) {
        for (ScriptedSession session : sessions) {
            CancelKey expected = session.request().cancelKey();
            if (session.pid() == pid && expected != null && expected.matches(key)) {
                session.cancelRequested();
            }
        }
    }

    /** Returns the sessions so far, in the order they were opened. */
    public List<ScriptedSession> sessions() {
        return List.copyOf(sessions);
    }

    /** Waits for the session of that number. */
    public ScriptedSession awaitSession(int pid, Duration limit) {
        Optional<ScriptedSession> there = session(pid);
        if (there.isPresent()) {
            return there.get();
        }
        return await().atMost(limit)
                .pollInterval(POLL)
                .until(() -> session(pid), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<ScriptedSession> session(int pid) {
        return sessions.stream().filter(session -> session.pid() == pid).findFirst();
    }

    /** Returns what the transport did that it must not do. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }
}
