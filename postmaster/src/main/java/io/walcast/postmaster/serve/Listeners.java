// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.error.WalException;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalSenderTransport;
import io.walcast.transport.WalSenderTransports;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses a node listens on.
 *
 * <p>Threading: opened, reloaded and closed by one thread.
 */
final class Listeners implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(Listeners.class);

    /** Not told in the log: PostgreSQL does not either. */
    private static final String LIBPQ = "libpq";

    private final List<Bound> bound = new ArrayList<>();

    /** What to tell a listener. */
    @FunctionalInterface
    interface OptionsSource {
        /** Returns it for the transport of that name, and one of the addresses that {@code address} stands for. */
        ListenOptions options(ListenAddress address, String transport, InetSocketAddress bind);
    }

    /** An open listener, where it was asked for, and the transport it speaks. */
    private record Bound(ListenAddress address, String transport, Listener listener) {

        /** Returns by which word of its transport it is known. */
        String word() {
            return address.scheme().isEmpty() ? transport : address.scheme();
        }

        ListenOptions options(OptionsSource source) {
            return source.options(address, transport, listener.address());
        }
    }

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
            OptionsSource options,
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
            ListenAddress address, WalSenderTransport transport, OptionsSource options, ReplicationService service) {
        int port = address.port();
        for (InetSocketAddress each : address.resolve()) {
            InetSocketAddress wanted = port == 0 ? each : new InetSocketAddress(each.getAddress(), port);
            Listener listener = transport.listen(options.options(address, transport.name(), wanted), service);
            bound.add(new Bound(address, transport.name(), listener));
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
                            each.word().equals(LIBPQ) ? "" : " (" + each.word() + ")"));
        }
    }

    /** Returns a row for each, for {@code walcast status}. */
    List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Bound each : bound) {
            InetSocketAddress address = each.listener().address();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("transport", each.transport());
            row.put("scheme", each.word());
            row.put("address", address.getAddress().getHostAddress());
            row.put("port", address.getPort());
            rows.add(row);
        }
        return rows;
    }

    /**
     * Has all of them use other options for connections made from now on, or none of them.
     *
     * @param options those from now on
     * @param before those so far
     * @throws io.walcast.core.error.ConfigurationException if one of them cannot
     */
    void reload(OptionsSource options, OptionsSource before) {
        Deque<Bound> reloaded = new ArrayDeque<>();
        try {
            for (Bound each : bound) {
                each.listener().reload(each.options(options));
                reloaded.push(each);
            }
        } catch (WalException e) {
            for (Bound each : reloaded) {
                restore(each, before);
            }
            throw e;
        }
    }

    private static void restore(Bound each, OptionsSource before) {
        try {
            each.listener().reload(each.options(before));
        } catch (WalException e) {
            logger.warn("{}: {}", each.address(), e.getMessage()); // its files are not what they were
        }
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
