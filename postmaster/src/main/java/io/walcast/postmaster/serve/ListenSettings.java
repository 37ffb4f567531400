// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static java.util.Objects.requireNonNull;

import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.transport.ListenOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the settings of a node mean for its listeners. */
final class ListenSettings {
    /** Changed by a reload, but known to a listener from its start only. */
    static final String AT_START = "authentication_timeout";

    private static final String EVERYWHERE = "*";

    private ListenSettings() {}

    /** Returns where to listen when the command line does not say: {@code listen_addresses} and {@code port}. */
    static List<ListenAddress> addresses(Settings settings) {
        int port = settings.integer("port");
        List<ListenAddress> addresses = new ArrayList<>();
        for (String entry : settings.text("listen_addresses").split(",", -1)) {
            String host = entry.strip();
            if (!host.isEmpty()) {
                addresses.add(new ListenAddress("", host.equals("0.0.0.0") ? EVERYWHERE : host, port));
            }
        }
        return addresses;
    }

    /** Returns what to tell the listener of {@code address}; relative names of files are those in {@code home}. */
    static ListenOptions options(InetSocketAddress address, Settings settings, Path home) {
        ListenOptions.Limits preset = ListenOptions.Limits.DEFAULT;
        ListenOptions.Limits limits = new ListenOptions.Limits(
                settings.duration("authentication_timeout"),
                preset.unauthenticated(),
                preset.unauthenticatedPerAddress(),
                settings.integer("max_connections"),
                preset.sendBufferBytes(),
                preset.commandBytes());
        return new ListenOptions("", address, tls(settings, home), limits, Clock.system(), Map.of());
    }

    /** Returns the files for TLS, null for no TLS. */
    static ListenOptions.@Nullable Tls tls(Settings settings, Path home) {
        return settings.bool("ssl")
                ? new ListenOptions.Tls(
                        requireNonNull(file(settings, "ssl_cert_file", home)),
                        requireNonNull(file(settings, "ssl_key_file", home)),
                        file(settings, "ssl_ca_file", home),
                        file(settings, "ssl_crl_file", home),
                        settings.text("ssl_min_protocol_version"))
                : null;
    }

    private static @Nullable Path file(Settings settings, String name, Path home) {
        String value = settings.text(name);
        return value.isEmpty() ? null : home.resolve(value);
    }
}
