// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.transport.ListenOptions;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.server.Admission;
import io.walcast.transport.server.FailedLogins;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What all connections of a listener share. Safe for use from any thread. */
final class ServerContext {
    static final String TRANSPORT_NAME = "libpq";

    final ListenOptions options;
    final ReplicationService service;
    final Admission admission;
    final FailedLogins failedLogins;
    final PeerLog log;
    final SecureRandom random = new SecureRandom();
    /** Written by the listener's reload, read by the connections; null offers no TLS. */
    final AtomicReference<@Nullable ServerTls> tls;

    ServerContext(ListenOptions options, ReplicationService service, @Nullable ServerTls tls) {
        this.options = options;
        this.service = service;
        this.admission = new Admission(options.limits());
        this.failedLogins = new FailedLogins(options.clock());
        this.log = new PeerLog(options.clock());
        this.tls = new AtomicReference<>(tls);
    }
}
