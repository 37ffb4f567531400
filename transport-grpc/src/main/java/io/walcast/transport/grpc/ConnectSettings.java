// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.client.Secret;
import io.walcast.transport.grpc.wire.Compression;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conninfo with everything filled in.
 *
 * @param hosts servers in the order to try them
 * @param roundRobin whether each connection begins with another one of them
 * @param user the role; empty for the one that the client's certificate is mapped to
 * @param database as a password file knows it, and, unless replication is physical, the server
 * @param password the secret that was given, or null
 * @param passfile where else to look for one, or null
 * @param parameters settings of the session
 * @param connectTimeout limit for each host, zero for none
 * @param tls how TLS is used; null for plaintext
 * @param compression what is asked for
 * @param window what the conninfo says about it
 * @param keepalive how a dead server is noticed
 */
record ConnectSettings(
        List<GrpcHost> hosts,
        boolean roundRobin,
        String user,
        String database,
        @Nullable Secret password,
        @Nullable Path passfile,
        Map<String, String> parameters,
        Duration connectTimeout,
        @Nullable TlsSettings tls,
        Compression compression,
        Window window,
        KeepaliveSettings keepalive) {
    private static final String PHYSICAL_DATABASE = "replication";
    private static final int SHORTEST_TIMEOUT_SECONDS = 2;

    static ConnectSettings of(ConnectOptions options) {
        ParameterValues values = new ParameterValues(GrpcConninfo.parse(options.conninfo()), options.environment());
        return of(values, options.mode(), options.fallbackApplicationName(), options.policy());
    }

    static ConnectSettings of(ParameterValues values, Mode mode, String fallbackApplicationName, Policy policy) {
        GrpcConninfo conninfo = values.conninfo();
        if (!conninfo.tls()) {
            PlaintextRules.check(values, policy);
        }
        TlsSettings tls = conninfo.tls() ? TlsSettings.of(values) : null;
        boolean named = tls != null && tls.certificate() != null;
        String user = values.get(GrpcParameter.USER, named ? "" : System.getProperty("user.name", ""));
        String password = values.get(GrpcParameter.PASSWORD);
        Path passfile = values.path(GrpcParameter.PASSFILE);
        return new ConnectSettings(
                conninfo.hosts(),
                values.choice(GrpcParameter.LOAD_BALANCE, "pick_first", List.of("pick_first", "round_robin"))
                        .equals("round_robin"),
                user,
                mode == Mode.PHYSICAL ? PHYSICAL_DATABASE : values.get(GrpcParameter.DBNAME, user),
                password == null ? null : new Secret(password),
                passfile == null ? values.inHome(".pgpass") : passfile,
                parameters(values, fallbackApplicationName),
                connectTimeout(values),
                tls,
                Compression.parse(values.get(GrpcParameter.COMPRESSION, "none")),
                Window.of(values.get(GrpcParameter.WINDOW)),
                KeepaliveSettings.of(values));
    }

    private static Map<String, String> parameters(ParameterValues values, String fallbackApplicationName) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String options = values.get(GrpcParameter.OPTIONS);
        if (options != null) {
            parameters.put("options", options);
        }
        parameters.put("application_name", values.get(GrpcParameter.APPLICATION_NAME, fallbackApplicationName));
        return parameters;
    }

    /** As libpq: zero or negative waits for ever, and nothing is given up within two seconds. */
    private static Duration connectTimeout(ParameterValues values) {
        int seconds = values.integer(GrpcParameter.CONNECT_TIMEOUT, 0);
        return seconds <= 0 ? Duration.ZERO : Duration.ofSeconds(Math.max(seconds, SHORTEST_TIMEOUT_SECONDS));
    }

    /**
     * Checks that a secret can go to {@code host} without being read on the way.
     *
     * @throws ConfigurationException if it cannot
     */
    void checkMaySendSecret(GrpcHost host) {
        if (tls == null && !host.isLoopback()) {
            throw new ConfigurationException(
                    "a password is not sent to host \"%s\" without encryption (use grpcs://)".formatted(host.name()));
        }
    }
}
