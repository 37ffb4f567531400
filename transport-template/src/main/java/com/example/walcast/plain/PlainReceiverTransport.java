// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;

/** The receiving end: {@code plain://[USER@]HOST[:PORT][?application_name=NAME]}. */
public final class PlainReceiverTransport implements WalReceiverTransport {
    static final String NAME = "plain";

    @Override
    public int apiVersion() {
        return API_VERSION;
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
        PlainAddress.parse(conninfo);
    }

    /** There is no secret in it. */
    @Override
    public String displayConninfo(String conninfo) {
        return PlainAddress.parse(conninfo).toString();
    }

    @Override
    public WalReceiverConnection connect(ConnectOptions options) {
        return PlainConnection.open(PlainAddress.parse(options.conninfo()), options);
    }
}
