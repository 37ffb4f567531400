// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ProtocolViolationException;
import java.nio.ByteBuffer;

/**
 * Which versions of the protocol will do.
 *
 * @param lowest the least that is accepted, as on the wire
 * @param highest what is asked for, as on the wire
 */
record ProtocolVersions(int lowest, int highest) {
    static final int V3_0 = 3 << 16;
    static final int V3_2 = (3 << 16) + 2;

    static ProtocolVersions of(ConninfoValues values) {
        int lowest = version(values, ConninfoKeyword.MIN_PROTOCOL_VERSION);
        int highest = version(values, ConninfoKeyword.MAX_PROTOCOL_VERSION);
        if (values.given(ConninfoKeyword.MAX_PROTOCOL_VERSION) == null) {
            highest = Math.max(lowest, highest);
        }
        if (lowest > highest) {
            throw new ConfigurationException("\"min_protocol_version\" is greater than \"max_protocol_version\"");
        }
        return new ProtocolVersions(lowest, highest);
    }

    private static int version(ConninfoValues values, ConninfoKeyword keyword) {
        String text = values.given(keyword, "3.0");
        return switch (text) {
            case "3.0" -> V3_0;
            case "3.2", "latest" -> V3_2;
            default -> throw new ConfigurationException("invalid %s value: \"%s\"".formatted(keyword.word(), text));
        };
    }

    /** Checks what the server has in place of what it was asked for (NegotiateProtocolVersion). */
    void negotiated(ByteBuffer body) {
        int offered = BackendMessages.requireAtLeast(2 * Integer.BYTES, body).getInt();
        body.position(body.limit());
        if (offered > highest) {
            throw new ProtocolViolationException(
                    "received invalid protocol negotiation message: server requested downgrade to a higher-numbered version");
        }
        if (offered < lowest) {
            throw new ProtocolViolationException(
                    "protocol version not supported by server: client uses %s, server supports up to %s"
                            .formatted(text(lowest), text(offered)));
        }
    }

    private static String text(int version) {
        return "%d.%d".formatted(version >>> 16, version & 0xFFFF);
    }
}
