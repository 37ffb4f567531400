// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalSenderTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A transport without a network, both ends. Receiving: {@code memory:NAME} reaches the scripted primary of that name in
 * this object. It hands out payloads that it overwrites as soon as they are no longer lent, so that who keeps one too long
 * is found out. Sending: {@link #standby} reaches the services that listen in this object, at addresses that mean something
 * here only.
 *
 * <p>Not found by discovery: each test makes its own. Safe for use from any thread.
 */
public final class MemoryTransport implements WalReceiverTransport, WalSenderTransport {
    static final String NAME = "memory";

    private static final String PREFIX = NAME + ":";
    private static final int FIRST_PORT = 1024;

    private final Map<String, PrimaryScript> primaries = new ConcurrentHashMap<>();
    private final Map<Integer, MemoryListener> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger nextPort = new AtomicInteger(FIRST_PORT);

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
        return WalReceiverTransport.API_VERSION;
    }

    @Override
    public String name() {
        return NAME;
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

    @Override
    public Listener listen(ListenOptions options, ReplicationService service) {
        int port = options.address().getPort() == 0
                ? nextPort.getAndIncrement()
                : options.address().getPort();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        MemoryListener listener =
                new MemoryListener(address, options, service, stopped -> listeners.remove(port, stopped));
        if (listeners.putIfAbsent(port, listener) != null) {
            listener.close();
            throw new ConnectionException(address + ": address already in use", null);
        }
        return listener;
    }

    /**
     * Connects a standby to a service that listens in this object.
     *
     * @throws io.walcast.core.error.ServerErrorException if it is refused
     * @throws ConnectionException if nobody listens there
     */
    public ScriptedStandby standby(InetSocketAddress address, StandbyLogin login) {
        MemoryListener listener = listeners.get(address.getPort());
        if (listener == null) {
            throw new ConnectionException(address + ": connection refused", null);
        }
        return listener.connect(login);
    }
}
