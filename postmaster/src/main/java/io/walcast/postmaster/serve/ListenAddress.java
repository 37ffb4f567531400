// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.walcast.core.error.ConfigurationException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen: {@code [SCHEME://][HOST:]PORT[?NAME=VALUE&…]}. An IPv6 address stands in brackets; {@code *} is every address
 * of this machine; without a host it is {@code localhost}. Names and values may be percent-encoded.
 *
 * @param scheme of the transport, in lower case; empty for PostgreSQL's own protocol
 * @param host a name or an address, {@code *} for all
 * @param port 0 for a free one
 * @param parameters for the transport, by name, in their order
 */
public record ListenAddress(String scheme, String host, int port, Map<String, String> parameters) {
    private static final String LOCALHOST = "localhost";
    private static final String EVERYWHERE = "*";
    private static final int MAX_PORT = 65535;
    private static final Pattern FORM = Pattern.compile(
            "(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?:\\[([^\\[\\]\\x00]*)\\]|([^:\\[\\]\\x00]*)):)?"
                    + "([0-9]{1,5})/?(?:\\?(.*))?",
            Pattern.DOTALL);

    public ListenAddress {
        requireNonNull(scheme, "scheme");
        requireNonNull(host, "host");
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        if (port < 0 || port > MAX_PORT) {
            throw new ConfigurationException("port: %d (expected: 0 to %d)".formatted(port, MAX_PORT));
        }
    }

    /**
     * Parses the form above.
     *
     * @throws ConfigurationException if it is not of that form
     */
    public static ListenAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigurationException(
                    "listen address: \"%s\" (expected: HOST:PORT, for example localhost:5433 or [::1]:5433)"
                            .formatted(text));
        }
        String scheme = matcher.group(1) == null ? "" : matcher.group(1).toLowerCase(Locale.ROOT);
        String host = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
        return new ListenAddress(
                scheme,
                host == null || host.isEmpty() ? LOCALHOST : host,
                Integer.parseInt(matcher.group(4)),
                UriParameters.parse(requireNonNullElse(matcher.group(5), "")));
    }

    /**
     * Returns the addresses to bind, those of this machine that the host stands for.
     *
     * @throws ConfigurationException if there is none
     */
    public List<InetSocketAddress> resolve() {
        if (host.equals(EVERYWHERE)) {
            return List.of(new InetSocketAddress(port));
        }
        List<InetSocketAddress> own = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address.isAnyLocalAddress() || isOwn(address)) {
                    own.add(new InetSocketAddress(address, port));
                }
            }
        } catch (UnknownHostException e) {
            throw new ConfigurationException("could not translate host name \"%s\" to an address".formatted(host));
        }
        if (own.isEmpty()) {
            throw new ConfigurationException(
                    "could not bind \"%s\": it is not an address of this machine".formatted(host));
        }
        return own;
    }

    /** A name may have an IPv6 address on a machine that has IPv6 switched off. */
    private static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null
                    || (address.isLoopbackAddress() && !(address instanceof Inet6Address));
        } catch (SocketException e) {
            return true; // binding will tell
        }
    }

    /** Returns the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return (scheme.isEmpty() ? "" : scheme + "://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port
                + (parameters.isEmpty() ? "" : "?" + UriParameters.print(parameters));
    }
}
