// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** Serves one file of WAL to everybody whom the rules let in. */
final class FakeService implements ReplicationService {
    /** Sessions, in the order they were opened. */
    final List<FakeSession> sessions = new CopyOnWriteArrayList<>();

    final BlockingQueue<Canceled> cancels = new LinkedBlockingQueue<>();
    final FakeWal wal;
    volatile AccessRules rules = FakeRules.of(AuthMethod.TRUST);
    volatile int major = 15;
    volatile boolean refusing;

    FakeService(FakeWal wal) {
        this.wal = wal;
    }

    record Canceled(int pid, CancelKey key) {}

    @Override
    public AccessRules access() {
        return rules;
    }

    @Override
    public int serverMajor() {
        return major;
    }

    @Override
    public ReplicationSession open(SessionRequest request, SessionPeer peer) {
        if (refusing) {
            throw new ServerErrorException(new ErrorFields(
                    "FATAL",
                    SqlState.TOO_MANY_CONNECTIONS,
                    "number of requested standby connections exceeds max_wal_senders (currently 10)",
                    null,
                    null));
        }
        FakeSession session = new FakeSession(this, sessions.size() + 1, request, peer);
        sessions.add(session);
        return session;
    }

    @Override
    public void cancel(int pid, CancelKey key) {
        cancels.add(new Canceled(pid, key));
    }
}
