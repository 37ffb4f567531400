// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server at the other end ({@code walrcv_get_senderinfo}, {@code walrcv_server_version},
 * {@code walrcv_get_backend_pid}).
 *
 * @param host the name, address or socket directory that was used
 * @param port the port that was used
 * @param serverVersion as a number, for example 150018 for 15.18
 * @param backendPid process number of the walsender
 * @param parameters what the server reported at the start, by name
 * @param tls version and cipher, or null for a connection without TLS
 */
public record SenderInfo(
        String host,
        int port,
        int serverVersion,
        int backendPid,
        Map<String, String> parameters,
        @Nullable String tls) {
    public SenderInfo {
        requireNonNull(host, "host");
        parameters = Map.copyOf(parameters);
    }

    /** Returns the major version, for example 15. */
    public int serverMajor() {
        return serverVersion / 10_000;
    }
}
