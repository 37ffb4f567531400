// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ConfigurationException;
import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.transport.ListenOptions;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the settings of a node mean for its listeners. */
final class ListenSettings {
    /** Changed by a reload, but known to a listener from its start only. */
    static final String AT_START = "authentication_timeout";

    /** The transport of PostgreSQL's own protocol, for which {@code ssl} says whether there is TLS. */
    private static final String POSTGRESQL = "libpq";

    private static final String EVERYWHERE = "*";

    private ListenSettings() {}

    /**
     * Returns where to listen when the command line does not say: {@code listen_addresses}, and {@code port} for those that are
     * no address of the form {@code SCHEME://…}.
     */
    static List<ListenAddress> addresses(Settings settings) {
        int port = settings.integer("port");
        List<ListenAddress> addresses = new ArrayList<>();
        for (String entry : settings.text("listen_addresses").split(",", -1)) {
            String host = entry.strip();
            if (host.contains("://")) {
                addresses.add(ListenAddress.parse(host));
            } else if (!host.isEmpty()) {
                addresses.add(new ListenAddress("", host.equals("0.0.0.0") ? EVERYWHERE : host, port, Map.of()));
            }
        }
        return addresses;
    }

    /**
     * Returns what to tell the listener of {@code address}; relative names of files are those in {@code home}.
     *
     * @param transport the name of the transport that is to listen there
     * @param bind one of the addresses that {@code address} stands for
     */
    static ListenOptions options(
            ListenAddress address, String transport, InetSocketAddress bind, Settings settings, Path home) {
        ListenOptions.Limits preset = ListenOptions.Limits.DEFAULT;
        ListenOptions.Limits limits = new ListenOptions.Limits(
                settings.duration("authentication_timeout"),
                preset.unauthenticated(),
                preset.unauthenticatedPerAddress(),
                settings.integer("max_connections"),
                preset.sendBufferBytes(),
                preset.commandBytes());
        boolean tls = !transport.equals(POSTGRESQL) || settings.bool("ssl");
        Map<String, String> parameters = new HashMap<>(settings.custom(transport));
        parameters.putAll(address.parameters());
        return new ListenOptions(
                address.scheme(), bind, tls ? tls(settings, home) : null, limits, Clock.system(), parameters);
    }

    private static ListenOptions.Tls tls(Settings settings, Path home) {
        return new ListenOptions.Tls(
                requireNonNull(file(settings, "ssl_cert_file", home)),
                requireNonNull(file(settings, "ssl_key_file", home)),
                file(settings, "ssl_ca_file", home),
                file(settings, "ssl_crl_file", home),
                settings.text("ssl_min_protocol_version"));
    }

    private static @Nullable Path file(Settings settings, String name, Path home) {
        String value = settings.text(name);
        try {
            return value.isEmpty() ? null : home.resolve(value);
        } catch (InvalidPathException e) { // with characters that the locale does not have
            throw new ConfigurationException("invalid value for parameter \"%s\": \"%s\"".formatted(name, value));
        }
    }
}
