// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import java.util.Map;

/**
 * Streams over PostgreSQL's own wire protocol.
 *
 * <p>A conninfo is written as for libpq: {@code keyword=value} pairs or a {@code postgresql://} URI (PostgreSQL manual,
 * "Connection Strings"), with libpq's defaults.
 */
public final class LibpqReceiverTransport implements WalReceiverTransport {

    /** Makes the transport; nothing happens before {@link #connect}. */
    public LibpqReceiverTransport() {}

    @Override
    public int apiVersion() {
        return API_VERSION;
    }

    @Override
    public String name() {
        return "libpq";
    }

    @Override
    public boolean claims(String conninfo) {
        return Conninfo.claims(conninfo);
    }

    @Override
    public void checkConninfo(String conninfo) {
        ConninfoValues values = new ConninfoValues(Conninfo.parse(conninfo), Map.of());
        if (values.written(ConninfoKeyword.SERVICE) != null) {
            return; // what is missing may be in the service
        }
        ConnectSettings.of(values, Mode.PHYSICAL, name(), Policy.LIBPQ);
    }

    @Override
    public String displayConninfo(String conninfo) {
        try {
            return Conninfo.parse(conninfo).display();
        } catch (ConfigurationException e) {
            return "(invalid connection string)";
        }
    }

    @Override
    public WalReceiverConnection connect(ConnectOptions options) {
        return Connector.connect(options);
    }
}
