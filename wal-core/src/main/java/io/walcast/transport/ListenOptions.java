// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.ipc.Clock;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a listener is told.
 *
 * @param scheme how the address was written: the transport's name, or another word that the transport knows ({@code grpcs});
 *     empty for PostgreSQL's own protocol
 * @param address to bind; port 0 takes a free one
 * @param tls certificate and key; null offers no TLS. A transport with schemes of its own is given them always, and knows
 *     by the scheme whether it needs them: there may be no such files
 * @param limits what strangers may take
 * @param clock for the times in messages, and for deadlines
 * @param parameters what is meant for this transport alone, by name: the node's settings {@code NAME.parameter} without
 *     the transport's name, and over them what stands behind the {@code ?} of the address
 */
public record ListenOptions(
        String scheme,
        InetSocketAddress address,
        @Nullable Tls tls,
        Limits limits,
        Clock clock,
        Map<String, String> parameters) {
    public ListenOptions {
        requireNonNull(scheme, "scheme");
        requireNonNull(address, "address");
        requireNonNull(limits, "limits");
        requireNonNull(clock, "clock");
        parameters = Map.copyOf(parameters);
    }

    /** Returns options for {@code address} without TLS, with the default limits, on the machine's clock. */
    public static ListenOptions plain(InetSocketAddress address) {
        return new ListenOptions("", address, null, Limits.DEFAULT, Clock.system(), Map.of());
    }

    /** Returns the same with TLS. */
    public ListenOptions withTls(Tls tls) {
        return new ListenOptions(scheme, address, requireNonNull(tls, "tls"), limits, clock, parameters);
    }

    /** Returns the same with other limits. */
    public ListenOptions withLimits(Limits limits) {
        return new ListenOptions(scheme, address, tls, limits, clock, parameters);
    }

    /** Returns the same for another scheme. */
    public ListenOptions withScheme(String scheme) {
        return new ListenOptions(scheme, address, tls, limits, clock, parameters);
    }

    /** Returns the same with other parameters. */
    public ListenOptions withParameters(Map<String, String> parameters) {
        return new ListenOptions(scheme, address, tls, limits, clock, parameters);
    }

    /**
     * The server's side of TLS, by files in PEM form. The key must not be readable by others, as PostgreSQL demands.
     *
     * @param certificate {@code ssl_cert_file}: the server's certificate, then its chain
     * @param key {@code ssl_key_file}: its private key, not encrypted
     * @param clientAuthorities {@code ssl_ca_file}: who may have signed a client's certificate; null asks for none
     * @param revoked {@code ssl_crl_file}: revoked certificates, null for none
     * @param minVersion {@code ssl_min_protocol_version}: {@code TLSv1.2} or {@code TLSv1.3}
     */
    public record Tls(
            Path certificate,
            Path key,
            @Nullable Path clientAuthorities,
            @Nullable Path revoked,
            String minVersion) {
        public Tls {
            requireNonNull(certificate, "certificate");
            requireNonNull(key, "key");
            requireNonNull(minVersion, "minVersion");
        }
    }

    /**
     * Bounds on what strangers and slow peers may take.
     *
     * @param handshakeTimeout from accept to authenticated ({@code authentication_timeout})
     * @param unauthenticated connections that may be in their handshake at once; the next ones wait for their turn, and
     *     are closed when too many wait already
     * @param unauthenticatedPerAddress the same from one address
     * @param connections connections at once, authenticated ones included ({@code max_connections})
     * @param sendBufferBytes how much may wait to be written to one peer before its stream is asked for no more
     * @param commandBytes the longest command text
     */
    public record Limits(
            Duration handshakeTimeout,
            int unauthenticated,
            int unauthenticatedPerAddress,
            int connections,
            int sendBufferBytes,
            int commandBytes) {

        /** The defaults: 10 s, 64, 8, 100, 1 MB, 16 KB. */
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 64, 8, 100, 1 << 20, 16 << 10);

        public Limits {
            requireNonNull(handshakeTimeout, "handshakeTimeout");
            if (unauthenticated < 1 || unauthenticatedPerAddress < 1 || connections < 1) {
                throw new IllegalArgumentException("limits: %d, %d, %d connections (expected: at least 1 each)"
                        .formatted(unauthenticated, unauthenticatedPerAddress, connections));
            }
        }
    }
}
