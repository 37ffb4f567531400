// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import java.util.function.Predicate;

/** A transport that says what it is told to say, and connects to nothing. */
record FakeTransport(int apiVersion, String name, Predicate<String> claim) implements WalReceiverTransport {

    static FakeTransport claiming(String name, String prefix) {
        return new FakeTransport(API_VERSION, name, conninfo -> conninfo.startsWith(prefix));
    }

    @Override
    public boolean claims(String conninfo) {
        return claim.test(conninfo);
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
