// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.auth.AccessRules;
import io.walcast.core.error.ServerErrorException;
import io.walcast.testkit.service.ScriptedAccess;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Follows a {@link PrimaryScript} behind the sending end of a transport, so that a transport with both ends can prove its
 * receiving end against its own sending end.
 *
 * <p>It may block where a real service must not: the script's primary stalls, and does not read.
 */
public final class PrimaryService implements ReplicationService, AutoCloseable {
    private final PrimaryScript script;
    private final AtomicInteger pids = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Makes one that follows {@code script}. */
    public PrimaryService(PrimaryScript script) {
        this.script = script;
    }

    @Override
    public AccessRules access() {
        return ScriptedAccess.trust();
    }

    @Override
    public int serverMajor() {
        return script.serverMajor();
    }

    @Override
    public ReplicationSession open(SessionRequest request, SessionPeer peer) {
        script.journal().called(PrimaryCall.CONNECT, request.applicationName());
        Reaction reaction = script.takeReaction(PrimaryCall.CONNECT);
        if (reaction instanceof Reaction.Fail fail) {
            throw new ServerErrorException(fail.fields());
        } else if (reaction instanceof Reaction.Notice notice) {
            peer.notice(notice.fields());
        } else if (reaction instanceof Reaction.Drop) {
            peer.drop();
        } else if (reaction instanceof Reaction.Stall) {
            awaitClose();
        }
        return new PrimaryPlayer(script, peer, pids.incrementAndGet());
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void cancel(int pid, CancelKey key) {
        // a script has nothing to cancel
    }

    /** Lets go of connections that are stalled while they are made. */
    @Override
    public void close() {
        closed.countDown();
    }
}
