// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalSenderTransport;
import io.walcast.transport.WalSenderTransports;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The addresses a node listens on.
 *
 * <p>Threading: opened, reloaded and closed by one thread.
 */
final class Listeners implements AutoCloseable {
    private final List<Bound> bound = new ArrayList<>();

    /** An open listener and the transport it speaks. */
    private record Bound(String transport, Listener listener) {}

    private Listeners() {}

    /**
     * Binds all of {@code addresses}, or none.
     *
     * @param options what to tell the listener of an address
     * @throws io.walcast.core.error.WalException if one cannot be bound, or no transport is for it
     */
    static Listeners open(
            List<ListenAddress> addresses,
            WalSenderTransports transports,
            Function<InetSocketAddress, ListenOptions> options,
            ReplicationService service) {
        Listeners listeners = new Listeners();
        try {
            for (ListenAddress address : addresses) {
                listeners.open(address, transports.forScheme(address.scheme()), options, service);
            }
            return listeners;
        } catch (RuntimeException | Error e) {
            listeners.close();
            throw e;
        }
    }

    /** A name may stand for several addresses; a free port is taken once for all of them. */
    private void open(
            ListenAddress address,
            WalSenderTransport transport,
            Function<InetSocketAddress, ListenOptions> options,
            ReplicationService service) {
        int port = address.port();
        for (InetSocketAddress each : address.resolve()) {
            InetSocketAddress wanted = port == 0 ? each : new InetSocketAddress(each.getAddress(), port);
            Listener listener = transport.listen(options.apply(wanted), service);
            bound.add(new Bound(transport.name(), listener));
            port = listener.address().getPort();
        }
    }

    /** Says where. */
    void announce(Consumer<String> log) {
        for (Bound each : bound) {
            InetSocketAddress address = each.listener().address();
            InetAddress ip = address.getAddress();
            log.accept("listening on %s address \"%s\", port %d%s"
                    .formatted(
                            ip instanceof Inet6Address ? "IPv6" : "IPv4",
                            ip.getHostAddress(),
                            address.getPort(),
                            each.transport().equals("libpq") ? "" : " (" + each.transport() + ")"));
        }
    }

    /** Returns a row for each, for {@code walcast status}. */
    List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Bound each : bound) {
            InetSocketAddress address = each.listener().address();
            rows.add(Map.of(
                    "transport", each.transport(),
                    "address", address.getAddress().getHostAddress(),
                    "port", address.getPort()));
        }
        return rows;
    }

    /** Has each use these TLS files, or none, for connections made from now on. */
    void reload(ListenOptions.@Nullable Tls tls) {
        bound.forEach(each -> each.listener().reload(tls));
    }

    /** Takes no connection from now on. */
    void stopAccepting() {
        bound.forEach(each -> each.listener().stopAccepting());
    }

    @Override
    public void close() {
        bound.forEach(each -> each.listener().close());
        bound.clear();
    }
}
