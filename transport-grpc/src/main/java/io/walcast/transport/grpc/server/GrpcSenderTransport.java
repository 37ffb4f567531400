// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalSenderTransport;

/** Serves standbys and tools over gRPC: {@code grpcs} with TLS, {@code grpc} without it. */
public final class GrpcSenderTransport implements WalSenderTransport {

    /** Makes the transport; nothing happens before {@link #listen}. */
    public GrpcSenderTransport() {}

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
        return GrpcListener.listen(options, service);
    }
}
