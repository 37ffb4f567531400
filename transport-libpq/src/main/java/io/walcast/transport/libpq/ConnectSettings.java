// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.client.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conninfo with everything filled in.
 *
 * @param hosts servers in the order they were named
 * @param balanced whether to try them, and the addresses of each, in any order ({@code load_balance_hosts})
 * @param user the role
 * @param database as named in the startup message; for physical replication only a password file looks at it
 * @param password the password that was given, or null
 * @param passfile where else to look for one, or null
 * @param protocol which versions of the protocol will do
 * @param startupParameters the startup message
 * @param attributes which kind of server will do
 * @param connectTimeout limit for each address, zero for none
 * @param socket what is asked of TCP
 * @param tls whether and how TLS is used
 * @param auth what is accepted as authentication
 */
record ConnectSettings(
        List<HostEntry> hosts,
        boolean balanced,
        String user,
        String database,
        @Nullable Secret password,
        @Nullable Path passfile,
        ProtocolVersions protocol,
        Map<String, String> startupParameters,
        SessionAttributes attributes,
        Duration connectTimeout,
        SocketSettings socket,
        TlsSettings tls,
        AuthSettings auth) {
    private static final String PHYSICAL_DATABASE = "replication";
    private static final int SHORTEST_TIMEOUT_SECONDS = 2;

    static ConnectSettings of(ConnectOptions options) {
        ConninfoValues values = ConninfoValues.of(Conninfo.parse(options.conninfo()), options.environment());
        return of(values, options.mode(), options.fallbackApplicationName(), options.policy());
    }

    static ConnectSettings of(ConninfoValues values, Mode mode, String fallbackApplicationName, Policy policy) {
        refuseUnsupported(values);
        String user = values.get(ConninfoKeyword.USER, System.getProperty("user.name", ""));
        String database = mode == Mode.PHYSICAL
                ? orElse(values.written(ConninfoKeyword.DBNAME), PHYSICAL_DATABASE)
                : values.get(ConninfoKeyword.DBNAME, user);
        String password = values.get(ConninfoKeyword.PASSWORD);
        Path passfile = values.path(ConninfoKeyword.PASSFILE);
        List<HostEntry> hosts = HostEntry.listOf(values);
        return new ConnectSettings(
                hosts,
                values.choice(ConninfoKeyword.LOAD_BALANCE_HOSTS, "disable", List.of("disable", "random"))
                        .equals("random"),
                user,
                database,
                password == null ? null : new Secret(password),
                passfile == null ? values.inHome(".pgpass") : passfile,
                ProtocolVersions.of(values),
                StartupParameters.of(values, mode, user, database, fallbackApplicationName),
                SessionAttributes.of(values.given(ConninfoKeyword.TARGET_SESSION_ATTRS, "any")),
                connectTimeout(values),
                SocketSettings.of(values),
                TlsSettings.of(values, hosts, policy),
                AuthSettings.of(values, policy));
    }

    private static String orElse(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }

    /** As libpq: zero or negative waits for ever, and nothing is given up within two seconds. */
    private static Duration connectTimeout(ConninfoValues values) {
        int seconds = values.integer(ConninfoKeyword.CONNECT_TIMEOUT, 0);
        return seconds <= 0 ? Duration.ZERO : Duration.ofSeconds(Math.max(seconds, SHORTEST_TIMEOUT_SECONDS));
    }

    /** What asks for nothing that is missing here is let through. */
    private static void refuseUnsupported(ConninfoValues values) {
        values.refuse(ConninfoKeyword.SCRAM_CLIENT_KEY);
        values.refuse(ConninfoKeyword.SCRAM_SERVER_KEY);
        values.refuse(ConninfoKeyword.OAUTH_ISSUER);
        values.refuse(ConninfoKeyword.OAUTH_CLIENT_ID);
        values.refuse(ConninfoKeyword.OAUTH_CLIENT_SECRET);
        values.refuse(ConninfoKeyword.OAUTH_SCOPE);
        values.choice(ConninfoKeyword.GSSENCMODE, "prefer", List.of("disable", "prefer", "require"));
        values.refuseUnless(ConninfoKeyword.GSSENCMODE, List.of("disable", "prefer"));
        values.refuseUnless(ConninfoKeyword.GSSDELEGATION, List.of("0"));
    }
}
