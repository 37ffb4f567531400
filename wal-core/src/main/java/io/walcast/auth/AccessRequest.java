// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who wants in.
 *
 * @param address where from; null for a peer without one, which {@code local} lines are for
 * @param encrypted whether the connection has TLS
 * @param user who it says it is
 * @param database the database it asks for; null for a physical replication connection
 */
public record AccessRequest(
        @Nullable InetAddress address,
        boolean encrypted,
        String user,
        @Nullable String database) {
    public AccessRequest {
        requireNonNull(user, "user");
    }
}
