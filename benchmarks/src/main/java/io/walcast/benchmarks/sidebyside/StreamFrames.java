// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import io.walcast.core.protocol.ServerMessageCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Follows the messages of a stream, cut into pieces anywhere, from header to header. WAL must come without a gap; what it is
 * nobody looks at.
 *
 * <p>Confined to one thread.
 */
final class StreamFrames {
    private static final int MESSAGE_HEADER_BYTES = 1 + Integer.BYTES;
    private static final int WAL_HEADER_BYTES = MESSAGE_HEADER_BYTES + ServerMessageCodec.XLOG_DATA_HEADER_BYTES;
    private static final int KEEPALIVE_BYTES = MESSAGE_HEADER_BYTES + ServerMessageCodec.KEEPALIVE_BYTES;

    private final ByteBuffer header = ByteBuffer.allocate(WAL_HEADER_BYTES);
    private Lsn frameEnd;
    private int skip;
    private boolean skipsWal;

    StreamFrames(Lsn start) {
        frameEnd = start;
    }

    /** Returns up to where WAL has come. */
    Lsn position() {
        return skipsWal ? new Lsn(frameEnd.value() - skip) : frameEnd;
    }

    /**
     * Takes all of {@code bytes}.
     *
     * @return whether the server asks for a reply
     * @throws MeasurementException if it sends an error, or WAL from another place
     */
    boolean take(ByteBuffer bytes) {
        boolean asked = false;
        while (bytes.hasRemaining()) {
            if (skip > 0) {
                int skipped = Math.min(skip, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                skip -= skipped;
            } else {
                header.put(bytes.get());
                if (header.position() == needed()) {
                    asked |= message(bytes);
                    header.clear();
                }
            }
        }
        return asked;
    }

    private int needed() {
        if (header.position() < MESSAGE_HEADER_BYTES) {
            return MESSAGE_HEADER_BYTES;
        }
        if (header.get(0) != 'd') {
            return MESSAGE_HEADER_BYTES;
        }
        if (header.position() == MESSAGE_HEADER_BYTES) {
            return MESSAGE_HEADER_BYTES + 1;
        }
        return header.get(MESSAGE_HEADER_BYTES) == ServerMessageCodec.XLOG_DATA ? WAL_HEADER_BYTES : KEEPALIVE_BYTES;
    }

    private boolean message(ByteBuffer rest) {
        int length = header.getInt(1) + 1;
        switch (header.get(0)) {
            case 'W' -> {
                skip = length - MESSAGE_HEADER_BYTES;
                skipsWal = false;
            }
            case 'd' -> {
                if (header.position() == KEEPALIVE_BYTES) {
                    return header.get(KEEPALIVE_BYTES - 1) != 0;
                }
                wal(new Lsn(header.getLong(MESSAGE_HEADER_BYTES + 1)), length - WAL_HEADER_BYTES);
            }
            default ->
                throw new MeasurementException(
                        "message '%c' at %s: %s".formatted((char) header.get(0), frameEnd, errorText(rest)));
        }
        return false;
    }

    private void wal(Lsn start, int bytes) {
        if (!start.equals(frameEnd)) {
            throw new MeasurementException("WAL from %s on (expected: %s)".formatted(start, frameEnd));
        }
        frameEnd = start.plus(bytes);
        skip = bytes;
        skipsWal = true;
    }

    /** Returns the fields of an error, as far as they have come. */
    static String errorText(ByteBuffer body) {
        return StandardCharsets.UTF_8
                .decode(body.duplicate())
                .toString()
                .replace('\0', ' ')
                .strip();
    }
}
