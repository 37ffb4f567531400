// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A transport without a network: {@code memory:NAME} reaches the scripted primary of that name in this object. It hands
 * out payloads that it overwrites as soon as they are no longer lent, so that who keeps one too long is found out.
 *
 * <p>Not found by discovery: each test makes its own.
 */
public final class MemoryTransport implements WalReceiverTransport {
    private static final String PREFIX = "memory:";

    private final Map<String, PrimaryScript> primaries = new ConcurrentHashMap<>();

    /** Adds a primary, or replaces the one of that name, and returns the conninfo that reaches it. */
    public String add(String name, PrimaryScript script) {
        primaries.put(name, script);
        return PREFIX + name;
    }

    /** Takes a primary away: new connections to it fail. */
    public void remove(String name) {
        primaries.remove(name);
    }

    @Override
    public int apiVersion() {
        return API_VERSION;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public boolean claims(String conninfo) {
        return conninfo.startsWith(PREFIX);
    }

    @Override
    public void checkConninfo(String conninfo) {
        if (!claims(conninfo) || conninfo.length() == PREFIX.length()) {
            throw new ConfigurationException("conninfo: not of the form memory:NAME");
        }
    }

    @Override
    public String displayConninfo(String conninfo) {
        return conninfo;
    }

    @Override
    public WalReceiverConnection connect(ConnectOptions options) {
        checkConninfo(options.conninfo());
        PrimaryScript script = primaries.get(options.conninfo().substring(PREFIX.length()));
        if (script == null) {
            throw new ConnectionException(options.conninfo() + ": no such primary", null);
        }
        return MemoryConnection.open(options, script);
    }
}
