// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.transport.ListenOptions;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.server.Admission;
import io.walcast.transport.server.FailedLogins;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What all calls of a listener share. Safe for use from any thread. */
final class ServerContext {
    static final String TRANSPORT_NAME = "grpc";

    final ListenOptions options;
    final ServerSettings settings;
    final ReplicationService service;
    final ServerThreads threads;
    final Admission admission;
    final Admission watchers;
    final SessionCount sessions;
    final FailedLogins failedLogins;
    final PasswordChecks passwords;
    final PeerLog log;
    /** The calls that gRPC is not done with. */
    final Set<ServedCall> calls = ConcurrentHashMap.newKeySet();
    /** Set before all of them are told that the listener is closed; what comes then tells itself. */
    volatile boolean isClosing;

    ServerContext(ListenOptions options, ServerSettings settings, ReplicationService service, ServerThreads threads) {
        this.options = options;
        this.settings = settings;
        this.service = service;
        this.threads = threads;
        this.admission = new Admission(options.limits());
        this.watchers = new Admission(options.limits());
        this.sessions = new SessionCount(options.limits().connections());
        this.failedLogins = new FailedLogins(options.clock());
        this.passwords = new PasswordChecks(threads.logins(), options.limits().unauthenticated());
        this.log = new PeerLog(options.clock());
    }
}
