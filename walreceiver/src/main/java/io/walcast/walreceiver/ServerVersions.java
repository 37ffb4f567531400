// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.SenderInfo;

/** The versions of PostgreSQL that WAL is received from. */
public final class ServerVersions {
    /** The oldest major version. */
    public static final int OLDEST_MAJOR = 14;
    /** The newest major version: a newer one may stream what is not understood here. */
    public static final int NEWEST_MAJOR = 18;

    private ServerVersions() {}

    /**
     * Checks the version of the server at the other end, as {@code pg_receivewal} does before it streams.
     *
     * @throws RefusedException if it is older or newer than those supported
     */
    public static void check(SenderInfo server) {
        int major = server.serverMajor();
        if (major < OLDEST_MAJOR) {
            throw incompatible(server, "older than " + OLDEST_MAJOR);
        }
        if (major > NEWEST_MAJOR) {
            throw incompatible(server, "newer than " + NEWEST_MAJOR);
        }
    }

    private static RefusedException incompatible(SenderInfo server, String than) {
        String version = server.parameters().getOrDefault("server_version", Integer.toString(server.serverMajor()));
        return new RefusedException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "incompatible server version %s; client does not support streaming from server versions %s"
                        .formatted(version, than));
    }
}
