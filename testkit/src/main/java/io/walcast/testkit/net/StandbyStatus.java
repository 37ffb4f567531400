// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A standby status update, as seen on the wire.
 *
 * @param write up to where the client says it has written
 * @param flush up to where it says it has flushed; {@link Lsn#INVALID} if it does not report that
 * @param apply up to where it says it has applied; {@link Lsn#INVALID} if it does not report that
 * @param clientTime the client's clock, in microseconds since 2000
 * @param replyRequested whether it asks for an answer at once
 * @param seenNanos {@link System#nanoTime} when it was seen
 */
public record StandbyStatus(Lsn write, Lsn flush, Lsn apply, long clientTime, boolean replyRequested, long seenNanos) {
    private static final int BODY_BYTES = 1 + 4 * Long.BYTES + 1;

    /** Returns the status update that the body of a CopyData message is, if it is one. */
    public static Optional<StandbyStatus> parse(ByteBuffer body) {
        if (body.remaining() != BODY_BYTES || body.get(body.position()) != 'r') {
            return Optional.empty();
        }
        ByteBuffer fields = body.duplicate().position(body.position() + 1);
        return Optional.of(new StandbyStatus(
                new Lsn(fields.getLong()),
                new Lsn(fields.getLong()),
                new Lsn(fields.getLong()),
                fields.getLong(),
                fields.get() != 0,
                System.nanoTime()));
    }
}
