// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.core.error.ConfigurationException;
import io.walcast.guc.ParameterText;
import io.walcast.transport.grpc.wire.PermittedCompression;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is set for this transport: {@code grpc.NAME} in the node's settings, or {@code NAME} in the address.
 *
 * @param isCertificateRequired {@code client_certificate}: whether the handshake asks every client for one
 * @param isPlaintextAllowed {@code plaintext}: whether an address that others can reach may be without encryption
 * @param compression {@code compression}, {@code compression_level}: what may be asked for
 * @param windowBytes {@code window}: how much a client may send ahead
 * @param maxConnectionAge {@code max_connection_age}: after which a connection takes no new calls; zero for none
 * @param maxConnectionAgeGrace {@code max_connection_age_grace}: how long calls may go on then; zero for as long as they
 *     like
 * @param maxConnectionIdle {@code max_connection_idle}: how long a connection may be without a call; zero for as long as it
 *     likes
 * @param keepalive {@code keepalive}: after which a silent connection is asked for a sign of life; zero for never
 * @param keepaliveTimeout {@code keepalive_timeout}: how long to wait for it
 * @param minClientPing {@code min_client_ping}: how often clients may ask
 */
record ServerSettings(
        boolean isCertificateRequired,
        boolean isPlaintextAllowed,
        PermittedCompression compression,
        int windowBytes,
        Duration maxConnectionAge,
        Duration maxConnectionAgeGrace,
        Duration maxConnectionIdle,
        Duration keepalive,
        Duration keepaliveTimeout,
        Duration minClientPing) {
    private static final Set<String> NAMES = Set.of(
            "client_certificate",
            "compression",
            "compression_level",
            "keepalive",
            "keepalive_timeout",
            "max_connection_age",
            "max_connection_age_grace",
            "max_connection_idle",
            "min_client_ping",
            "plaintext",
            "window");
    private static final String DEFAULT_LEVEL = Integer.toString(PermittedCompression.DEFAULT.maxLevel());
    private static final int MAX_LEVEL = 22;
    private static final int MIN_WINDOW_BYTES = 64 << 10;
    private static final int MAX_WINDOW_BYTES = 8 << 20;

    /**
     * Reads them.
     *
     * @throws ConfigurationException if one is not known, or has a value that it cannot have
     */
    static ServerSettings of(Map<String, String> parameters) {
        Set<String> unknown = new TreeSet<>(parameters.keySet());
        unknown.removeAll(NAMES);
        if (!unknown.isEmpty()) {
            throw new ConfigurationException("unrecognized configuration parameter \"grpc.%s\""
                    .formatted(unknown.iterator().next()));
        }
        return new ServerSettings(
                isRequired(parameters.getOrDefault("client_certificate", "require")),
                ParameterText.bool("plaintext", parameters.getOrDefault("plaintext", "no")),
                PermittedCompression.parse(
                        parameters.getOrDefault("compression", "zstd,gzip,none"),
                        ParameterText.integer(
                                "compression_level",
                                parameters.getOrDefault("compression_level", DEFAULT_LEVEL),
                                1,
                                MAX_LEVEL)),
                ParameterText.bytes(
                        "window", parameters.getOrDefault("window", "128kB"), MIN_WINDOW_BYTES, MAX_WINDOW_BYTES),
                duration(parameters, "max_connection_age", "24h"),
                duration(parameters, "max_connection_age_grace", "0"),
                duration(parameters, "max_connection_idle", "5min"),
                duration(parameters, "keepalive", "30s"),
                positive(parameters, "keepalive_timeout", "30s"),
                duration(parameters, "min_client_ping", "10s"));
    }

    private static boolean isRequired(String word) {
        return switch (word) {
            case "require" -> true;
            case "optional" -> false;
            default ->
                throw new ConfigurationException(
                        "invalid value for parameter \"client_certificate\": \"%s\" (Available values: require, optional.)"
                                .formatted(word));
        };
    }

    private static Duration positive(Map<String, String> parameters, String name, String preset) {
        Duration duration = duration(parameters, name, preset);
        if (duration.isZero()) {
            throw new ConfigurationException("invalid value for parameter \"%s\": \"%s\" (it must be more than 0)"
                    .formatted(name, parameters.get(name)));
        }
        return duration;
    }

    private static Duration duration(Map<String, String> parameters, String name, String preset) {
        return ParameterText.duration(name, parameters.getOrDefault(name, preset));
    }
}
