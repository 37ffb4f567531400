// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * One of the servers to try.
 *
 * @param name a name or a numeric address, without brackets
 * @param port its port
 */
record GrpcHost(String name, int port) {
    static final int DEFAULT_PORT = 5434;

    private static final int MAX_PORT = 65535;
    private static final Pattern NAME = Pattern.compile("[\\p{Alnum}_](?:[\\p{Alnum}._-]*[\\p{Alnum}_.])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]+(?:%[\\p{Alnum}_.-]+)?");
    private static final Pattern IPV4 = Pattern.compile("[0-9]+(?:\\.[0-9]+){3}");

    /**
     * Returns the server that a piece of a conninfo names.
     *
     * @param bracketed whether the name stood in brackets, as an IPv6 address does
     * @param shown what errors show of it
     */
    static GrpcHost of(String name, boolean bracketed, String port, String shown) {
        if (name.isEmpty()) {
            throw new ConfigurationException("host name must be given");
        }
        if (!(bracketed ? IPV6 : NAME).matcher(name).matches() || (bracketed && name.indexOf(':') < 0)) {
            throw new ConfigurationException("invalid host name: \"%s\"".formatted(shown));
        }
        return new GrpcHost(name, port(port, shown));
    }

    private static int port(String text, String shown) {
        if (text.isEmpty()) {
            return DEFAULT_PORT;
        }
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new ConfigurationException("invalid port number: \"%s\"".formatted(shown));
        }
        return port;
    }

    boolean isNumeric() {
        return name.indexOf(':') >= 0 || IPV4.matcher(name).matches();
    }

    /** Returns whether nobody but this machine is there, by its name alone: nobody is asked. */
    boolean isLoopback() {
        if (name.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return isNumeric() && InetAddress.getByName(name).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Returns name and port as HTTP writes them. */
    String authority() {
        return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
    }
}
