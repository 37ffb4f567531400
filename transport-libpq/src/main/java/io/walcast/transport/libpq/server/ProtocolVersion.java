// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.util.List;
import java.util.Optional;

/**
 * The version of the protocol that a client asked for, and what it gets. PostgreSQL speaks 3.0, and from 18 on all up to 3.2.
 *
 * @param asked as on the wire: major in the high half, minor in the low one
 * @param used the version that is spoken
 */
record ProtocolVersion(int asked, int used) {
    /** The first major version of PostgreSQL that speaks 3.2, whose keys to cancel with are long. */
    static final int LONG_KEYS_SINCE = 18;

    private static final int V3_0 = 3 << 16;
    private static final int V3_2 = V3_0 | 2;
    private static final int MAJOR = 3;
    private static final int SHORT_KEY_BYTES = 4;
    private static final int LONG_KEY_BYTES = 32;

    /**
     * Returns what is spoken with somebody who asks for {@code code}.
     *
     * @throws ServerErrorException 0A000 if it is not version 3
     */
    static ProtocolVersion of(int code, int serverMajor) {
        if (code >>> 16 != MAJOR) {
            throw unsupported(code, serverMajor);
        }
        return new ProtocolVersion(code, Math.min(code, newest(serverMajor)));
    }

    private static int newest(int serverMajor) {
        return serverMajor < LONG_KEYS_SINCE ? V3_0 : V3_2;
    }

    static ServerErrorException unsupported(int code, int serverMajor) {
        String message = "unsupported frontend protocol %d.%d: server supports 3.0 to 3.%d"
                .formatted(code >>> 16, code & 0xFFFF, newest(serverMajor) & 0xFFFF);
        return new ServerErrorException(new ErrorFields("FATAL", SqlState.FEATURE_NOT_SUPPORTED, message, null, null));
    }

    /** Returns what must be said first, if not all that was asked for is given. */
    Optional<ByteBuf> negotiation(List<String> unknownOptions) {
        return asked <= used && unknownOptions.isEmpty()
                ? Optional.empty()
                : Optional.of(BackendMessages.negotiateProtocolVersion(used, unknownOptions));
    }

    int cancelKeyBytes() {
        return used >= V3_2 ? LONG_KEY_BYTES : SHORT_KEY_BYTES;
    }
}
