// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.util.List;

/** How a connection to a server is protected. */
enum Encryption {
    PLAIN,
    TLS;

    /** Returns what to try, in order; TLS is never asked for on a socket of the same machine. */
    static List<Encryption> toTry(TlsSettings.Mode mode, HostEntry entry) {
        if (entry.isSocket()) {
            return List.of(PLAIN);
        }
        return switch (mode) {
            case DISABLE -> List.of(PLAIN);
            case ALLOW -> List.of(PLAIN, TLS);
            case PREFER -> List.of(TLS, PLAIN);
            case REQUIRE, VERIFY_CA, VERIFY_FULL -> List.of(TLS);
        };
    }
}
