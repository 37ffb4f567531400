// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.auth.AccessRules;
import io.walcast.core.PrintableText;
import io.walcast.core.storage.ServedPosition;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.ReplicationSlotRow;
import io.walcast.ipc.ReplicationSlotRow.WalStatus;
import io.walcast.ipc.ReplicationStatistics;
import io.walcast.ipc.StandbyFeedback;
import io.walcast.ipc.StatReplicationRow;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.walsender.slot.WalExtent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The walsenders of a node: what transports serve.
 *
 * <p>One thread wakes all sessions; a session has none of its own.
 *
 * <p>Threading: any thread.
 */
public final class WalSenderService implements ReplicationService, ReplicationStatistics, AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(WalSenderService.class);
    private static final int NEWEST_MAJOR = 18;

    /** For sessions that were cut off to be told so. */
    private static final long LAST_WAIT_NS = TimeUnit.SECONDS.toNanos(1);

    private final WalSenderConfig config;
    private final WalSenderNode node;
    private final Consumer<Throwable> failureListener;

    WalSenderService(WalSenderConfig config, Supplier<WalChunks> chunks, Consumer<Throwable> failureListener) {
        this.config = requireNonNull(config, "config");
        this.failureListener = requireNonNull(failureListener, "failureListener");
        node = new WalSenderNode(config, chunks);
    }

    /**
     * Starts a service that reads its WAL through {@code segments}, which its owner closes after it.
     *
     * @param failureListener told what ended it against the plan: nobody is served any more
     */
    public static WalSenderService start(
            WalSenderConfig config, WalSegments segments, Consumer<Throwable> failureListener) {
        requireNonNull(segments, "segments");
        WalSenderService service = new WalSenderService(config, () -> segments.reader()::next, failureListener);
        service.node.wakeup().start(new AgentThreads("walsender"), service::wakeupFailed);
        return service;
    }

    /** Without somebody to wake them sessions would hang, and nobody would know. */
    void wakeupFailed(Throwable failure) {
        logger.atError().setCause(failure).log("the walsenders' agent ended; all sessions are ended");
        node.walSndCtl().initStopping();
        node.walSndCtl().sessions().forEach(WalSender::terminate);
        failureListener.accept(failure);
    }

    /** Does one turn of the agent's work, for a service without one. */
    long turn() {
        return node.wakeup().turn();
    }

    @Override
    public AccessRules access() {
        return config.access().get();
    }

    @Override
    public int serverMajor() {
        return config.wal().position() == null ? NEWEST_MAJOR : node.major();
    }

    @Override
    public ReplicationSession open(SessionRequest request, SessionPeer peer) {
        int maxWalSenders = config.settings().get().integer("max_wal_senders");
        requireMayOpen(request, maxWalSenders);
        SessionSettings settings = new SessionSettings(node, request.user(), request.parameters());
        WalSender session = new WalSender(node, request, peer, settings);
        if (!node.walSndCtl().add(session, maxWalSenders)) {
            throw SessionErrors.tooManySenders(maxWalSenders, node.major());
        }
        if (node.walSndCtl().isStopping()) {
            node.walSndCtl().remove(session);
            throw SessionErrors.shuttingDown();
        }
        WalSender.AUDIT
                .atInfo()
                .addKeyValue("pid", session.pid())
                .log(
                        "replication connection authorized: {} application_name={}",
                        PrintableText.of(request.toString()),
                        PrintableText.of(request.applicationName()));
        return session;
    }

    /** As in PostgreSQL a session without a place is told that, whatever else is wrong with it. */
    private void requireMayOpen(SessionRequest request, int maxWalSenders) {
        if (node.walSndCtl().isStopping()) {
            throw SessionErrors.shuttingDown();
        }
        ServedPosition position = config.wal().position();
        if (position == null) {
            throw SessionErrors.startingUp();
        }
        if (node.walSndCtl().sessions().size() >= maxWalSenders) {
            throw SessionErrors.tooManySenders(maxWalSenders, node.major());
        }
        if (request.mode() != Mode.PHYSICAL) {
            throw SessionErrors.onlyPhysical();
        }
        if (!access().exists(request.user())) { // let in by trust or by a certificate
            throw SessionErrors.unknownRole(request.user());
        }
        if (!access().mayReplicate(request.user())) {
            throw SessionErrors.mayNotReplicate(node.major());
        }
    }

    @Override
    public void cancel(int pid, CancelKey key) {
        WalSender session = node.walSndCtl().find(pid);
        CancelKey expected = session == null ? null : session.walSnd().request().cancelKey();
        if (session != null && expected != null && expected.matches(key)) {
            session.requestCancel();
        }
    }

    @Override
    public List<StatReplicationRow> replication() {
        return node.walSndCtl().sessions().stream()
                .map(session -> session.walSnd().row())
                .toList();
    }

    /** Asks for the oldest segment, which lists a directory, only if a slot is so far behind that it matters. */
    @Override
    public List<ReplicationSlotRow> slots() {
        ServedPosition end = config.wal().position();
        WalExtent wal = end == null ? null : new WalExtent(end, config.wal().segmentSize(), 0);
        List<ReplicationSlotRow> rows = config.slots().rows(wal);
        boolean matters = rows.stream().anyMatch(row -> row.walStatus() == WalStatus.UNRESERVED);
        return matters ? config.slots().rows(WalExtent.of(config.wal()).orElse(null)) : rows;
    }

    /** Returns what the standbys ask for, taken together; a relay's walreceiver passes it on. */
    public StandbyFeedback feedback() {
        return node.walSndCtl();
    }

    /**
     * Ends all sessions, and lets no new one in. Those that stream are sent the rest first and have to confirm it; the WAL must
     * have come to its end. When the time is over the rest is cut off.
     *
     * @return whether all sessions had ended in time
     */
    public boolean stop(Duration timeLimit) {
        initStopping();
        boolean inTime = node.walSndCtl().awaitEmpty(timeLimit.toNanos());
        if (!inTime) {
            node.walSndCtl().sessions().forEach(WalSender::terminate);
            node.walSndCtl().awaitEmpty(LAST_WAIT_NS);
        }
        return inTime;
    }

    /** Has all sessions begin to end; returns at once. */
    void initStopping() {
        node.walSndCtl().initStopping();
        node.walSndCtl().sessions().forEach(WalSender::stop);
        node.wakeup().wake();
    }

    /** Ends what is left, at once. */
    @Override
    public void close() {
        stop(Duration.ZERO);
        node.wakeup().close();
    }
}
