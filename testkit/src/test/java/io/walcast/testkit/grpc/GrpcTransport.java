// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalSenderTransport;
import java.net.InetSocketAddress;
import java.net.URI;

/** Both ends over gRPC: {@code grpc://HOST:PORT}. */
final class GrpcTransport implements WalReceiverTransport, WalSenderTransport {
    static final String NAME = "grpc";

    @Override
    public int apiVersion() {
        return WalReceiverTransport.API_VERSION;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean claims(String conninfo) {
        return conninfo.startsWith(NAME + "://");
    }

    @Override
    public void checkConninfo(String conninfo) {
        if (!claims(conninfo) || URI.create(conninfo).getPort() < 0) {
            throw new ConfigurationException("conninfo: not of the form grpc://HOST:PORT");
        }
    }

    @Override
    public String displayConninfo(String conninfo) {
        return conninfo;
    }

    @Override
    public WalReceiverConnection connect(ConnectOptions options) {
        checkConninfo(options.conninfo());
        URI uri = URI.create(options.conninfo());
        return GrpcConnection.open(new InetSocketAddress(uri.getHost(), uri.getPort()), options);
    }

    @Override
    public Listener listen(ListenOptions options, ReplicationService service) {
        return GrpcListener.listen(options, service);
    }
}
