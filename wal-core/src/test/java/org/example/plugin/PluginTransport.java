// SPDX-License-Identifier: Apache-2.0
package org.example.plugin;

import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;

/** Claims {@code plugin:} and connects to nothing. */
public final class PluginTransport implements WalReceiverTransport {
    @Override
    public int apiVersion() {
        return API_VERSION;
    }

    @Override
    public String name() {
        return "plugin";
    }

    @Override
    public boolean claims(String conninfo) {
        return conninfo.startsWith("plugin:");
    }

    @Override
    public void checkConninfo(String conninfo) {}

    @Override
    public String displayConninfo(String conninfo) {
        return conninfo;
    }

    @Override
    public WalReceiverConnection connect(ConnectOptions options) {
        throw new UnsupportedOperationException();
    }
}
