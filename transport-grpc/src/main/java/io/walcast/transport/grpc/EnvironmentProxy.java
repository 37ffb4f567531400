// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.client.PercentCoding;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that the environment names in {@code HTTPS_PROXY}, for all hosts but those in {@code NO_PROXY} and loopback.
 * gRPC's own detector, which is used if there is none, knows the JDK's settings ({@code -Dhttps.proxyHost}) only.
 */
final class EnvironmentProxy implements ProxyDetector {
    private static final int DEFAULT_PORT = 3128;

    private final URI proxy;
    private final String exceptions;

    private EnvironmentProxy(URI proxy, String exceptions) {
        this.proxy = proxy;
        this.exceptions = exceptions;
    }

    /** Returns the environment's proxy, or null if it names none. */
    static @Nullable EnvironmentProxy of(Map<String, String> environment) {
        String named = either(environment, "https_proxy");
        if (named.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(named.contains("://") ? named : "http://" + named);
            if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
                throw new ConfigurationException("https_proxy: not of the form http://[USER:PASSWORD@]HOST[:PORT]");
            }
            return new EnvironmentProxy(uri, either(environment, "no_proxy"));
        } catch (URISyntaxException e) {
            throw new ConfigurationException("https_proxy: not of the form http://[USER:PASSWORD@]HOST[:PORT]");
        }
    }

    private static String either(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    @Override
    public @Nullable ProxiedSocketAddress proxyFor(SocketAddress target) throws UnknownHostException {
        if (!(target instanceof InetSocketAddress address) || isException(address)) {
            return null;
        }
        InetSocketAddress proxyAddress =
                new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort());
        if (proxyAddress.isUnresolved()) {
            throw new UnknownHostException(proxy.getHost());
        }
        HttpConnectProxiedSocketAddress.Builder proxied = HttpConnectProxiedSocketAddress.newBuilder()
                .setTargetAddress(address)
                .setProxyAddress(proxyAddress);
        String login = proxy.getRawUserInfo();
        if (login != null) {
            int colon = login.indexOf(':');
            proxied.setUsername(PercentCoding.decode(colon < 0 ? login : login.substring(0, colon), "***"));
            proxied.setPassword(colon < 0 ? "" : PercentCoding.decode(login.substring(colon + 1), "***"));
        }
        return proxied.build();
    }

    private boolean isException(InetSocketAddress address) {
        String name = address.getHostString().toLowerCase(Locale.ROOT);
        if (new GrpcHost(name, address.getPort()).isLoopback()) {
            return true;
        }
        for (String item : exceptions.toLowerCase(Locale.ROOT).split(",", -1)) {
            String exception = item.strip();
            String suffix = exception.startsWith(".") ? exception : "." + exception;
            boolean isNamed = name.equals(exception) || name.endsWith(suffix);
            if (exception.equals("*") || (!exception.isEmpty() && isNamed)) {
                return true;
            }
        }
        return false;
    }
}
