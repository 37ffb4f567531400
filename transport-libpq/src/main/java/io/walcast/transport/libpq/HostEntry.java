// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the servers to try.
 *
 * @param host the name or the socket directory; null if only an address was given
 * @param address the numeric address to use in place of a look-up, or null
 * @param port the port, also a part of a socket's name
 */
record HostEntry(@Nullable String host, @Nullable String address, int port) {
    private static final int DEFAULT_PORT = 5432;
    private static final int MAX_PORT = 65535;
    private static final int MAX_SOCKET_PATH_BYTES = 107;
    private static final List<Path> SOCKET_DIRECTORIES = List.of(Path.of("/var/run/postgresql"), Path.of("/tmp"));

    /** Returns the servers that {@code host}, {@code hostaddr} and {@code port} name together. */
    static List<HostEntry> listOf(ConninfoValues values) {
        List<String> hosts = split(values.get(ConninfoKeyword.HOST));
        List<String> addresses = split(values.get(ConninfoKeyword.HOSTADDR));
        List<String> ports = split(values.get(ConninfoKeyword.PORT));
        int count = Math.max(1, addresses.isEmpty() ? hosts.size() : addresses.size());
        if (!addresses.isEmpty() && !hosts.isEmpty() && hosts.size() != addresses.size()) {
            throw new ConfigurationException(
                    "could not match %d host names to %d hostaddr values".formatted(hosts.size(), addresses.size()));
        }
        if (ports.size() > 1 && ports.size() != count) {
            throw new ConfigurationException(
                    "could not match %d port numbers to %d hosts".formatted(ports.size(), count));
        }
        List<HostEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String host = i < hosts.size() ? hosts.get(i) : "";
            String address = i < addresses.size() ? addresses.get(i) : "";
            String port = ports.isEmpty() ? "" : ports.get(ports.size() == 1 ? 0 : i);
            entries.add(of(host, address, port(port)));
        }
        requireSomeAddress(entries);
        return entries;
    }

    /** One that is no address is passed over for the next one; if there is no next one, trying again will not help. */
    private static void requireSomeAddress(List<HostEntry> entries) {
        for (HostEntry entry : entries) {
            if (entry.address == null || AddressLookup.isNumeric(entry.address)) {
                return;
            }
        }
        throw new ConfigurationException(AddressLookup.noAddress(String.valueOf(entries.get(0).address)));
    }

    private static HostEntry of(String host, String address, int port) {
        if (!address.isEmpty()) {
            return new HostEntry(host.isEmpty() ? null : host, address, port);
        }
        return new HostEntry(host.isEmpty() ? defaultHost() : host, null, port);
    }

    private static List<String> split(@Nullable String list) {
        return list == null ? List.of() : List.of(list.split(",", -1));
    }

    private static int port(String text) {
        if (text.isEmpty()) {
            return DEFAULT_PORT;
        }
        int port;
        try {
            port = ConninfoValues.integer(ConninfoKeyword.PORT, text);
        } catch (ConfigurationException e) {
            if (text.strip().matches("[+-]?[0-9]+")) {
                throw invalidPort(text);
            }
            throw e;
        }
        if (port < 1 || port > MAX_PORT) {
            throw invalidPort(text);
        }
        return port;
    }

    private static ConfigurationException invalidPort(String text) {
        return new ConfigurationException("invalid port number: \"%s\"".formatted(text));
    }

    private static String defaultHost() {
        return SOCKET_DIRECTORIES.stream()
                .filter(Files::isDirectory)
                .map(Path::toString)
                .findFirst()
                .orElse("localhost");
    }

    boolean isSocket() {
        String name = host;
        return address == null && name != null && (name.startsWith("/") || name.startsWith("@"));
    }

    /** Returns the path of the socket; with {@code @} in front, its name in the abstract namespace. */
    String socketPath() {
        String path = host + "/.s.PGSQL." + port;
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            throw new ConfigurationException("Unix-domain socket path \"%s\" is too long (maximum %d bytes)"
                    .formatted(path, MAX_SOCKET_PATH_BYTES));
        }
        return path;
    }

    /** Returns the name to show and to check the server's certificate against. */
    String shownHost() {
        return host != null ? host : String.valueOf(address);
    }

    /** Returns the name under which a password file knows this server. */
    String passfileHost() {
        String name = host != null ? host : String.valueOf(address);
        boolean isDefaultSocket = SOCKET_DIRECTORIES.stream()
                .filter(Files::isDirectory)
                .findFirst()
                .map(directory -> directory.toString().equals(name))
                .orElse(false);
        return isDefaultSocket ? "localhost" : name;
    }
}
