// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import java.util.Map;

/**
 * Streams over gRPC.
 *
 * <p>A conninfo is a URI: {@code grpcs://[user[:secret]@]host[:port][,…][/dbname][?parameter=value[&…]]} with TLS, or
 * {@code grpc://…} without, which is for loopback unless {@code plaintext=yes} says otherwise. Parameters have libpq's
 * names where libpq has them; the port is 5434 by default.
 */
public final class GrpcReceiverTransport implements WalReceiverTransport {

    /** Makes the transport; nothing happens before {@link #connect}. */
    public GrpcReceiverTransport() {}

    @Override
    public int apiVersion() {
        return API_VERSION;
    }

    @Override
    public String name() {
        return "grpc";
    }

    @Override
    public boolean claims(String conninfo) {
        return GrpcConninfo.claims(conninfo);
    }

    @Override
    public void checkConninfo(String conninfo) {
        ParameterValues values = new ParameterValues(GrpcConninfo.parse(conninfo), Map.of());
        ConnectSettings.of(values, Mode.PHYSICAL, name(), Policy.LIBPQ);
    }

    @Override
    public String displayConninfo(String conninfo) {
        try {
            return GrpcConninfo.parse(conninfo).display();
        } catch (ConfigurationException e) {
            return "(invalid connection string)";
        }
    }

    @Override
    public WalReceiverConnection connect(ConnectOptions options) {
        return Connector.connect(options);
    }
}
