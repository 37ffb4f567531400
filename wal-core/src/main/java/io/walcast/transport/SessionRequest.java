// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has connected, after authentication.
 *
 * @param mode what the peer wants of the connection ({@code replication=})
 * @param user the authenticated user
 * @param database what the peer named; a physical session has none and it is not looked at
 * @param parameters settings for the session, by name in lower case: {@code application_name}, and those of
 *     {@code options}; in the order given, the last value where one came twice
 * @param transport the transport's name
 * @param client the peer's address; null if it has none
 * @param tls how the connection is encrypted; null if it is not
 * @param cancelKey the secret of a cancel request; null if the transport cancels in another way
 */
public record SessionRequest(
        ConnectOptions.Mode mode,
        String user,
        @Nullable String database,
        Map<String, String> parameters,
        String transport,
        @Nullable InetSocketAddress client,
        @Nullable TlsState tls,
        @Nullable CancelKey cancelKey) {
    public SessionRequest {
        requireNonNull(mode, "mode");
        requireNonNull(user, "user");
        requireNonNull(parameters, "parameters");
        requireNonNull(transport, "transport");
    }

    /** Returns the application name, empty if none was given. */
    public String applicationName() {
        return parameters.getOrDefault("application_name", "");
    }

    /** Names the peer without secrets, for logs. */
    @Override
    public String toString() {
        return "user=" + user + " client=" + client + " transport=" + transport;
    }

    /**
     * An encrypted connection ({@code pg_stat_ssl}).
     *
     * @param version {@code TLSv1.2}, {@code TLSv1.3}
     * @param cipher the suite's name
     * @param clientDn subject of the client's certificate, null if it showed none
     */
    public record TlsState(
            String version, String cipher, @Nullable String clientDn) {
        public TlsState {
            requireNonNull(version, "version");
            requireNonNull(cipher, "cipher");
        }
    }
}
