// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalSenderTransport;
import java.util.TreeSet;

/** Serves standbys and tools over PostgreSQL's own wire protocol, versions 3.0 and 3.2. */
public final class LibpqSenderTransport implements WalSenderTransport {

    /** Makes the transport; nothing happens before {@link #listen}. */
    public LibpqSenderTransport() {}

    @Override
    public int apiVersion() {
        return API_VERSION;
    }

    @Override
    public String name() {
        return ServerContext.TRANSPORT_NAME;
    }

    @Override
    public Listener listen(ListenOptions options, ReplicationService service) {
        requireNoParameters(options);
        return LibpqListener.listen(options, service);
    }

    static void requireNoParameters(ListenOptions options) {
        if (!options.parameters().isEmpty()) {
            String name = new TreeSet<>(options.parameters().keySet()).first();
            throw new ConfigurationException(
                    "listen address: \"%s\" (expected: no parameters with PostgreSQL's own protocol)".formatted(name));
        }
    }
}
