// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import java.nio.ByteBuffer;

/**
 * Reads and writes {@link ServerMessage}s: the body of one CopyData frame, big-endian (PostgreSQL manual, "Streaming
 * Replication Protocol").
 *
 * <pre>
 * XLogData   'w' | start int64 | serverEnd int64 | sentAt int64 | payload byte[]
 * Keepalive  'k' | serverEnd int64 | sentAt int64 | replyRequested int8
 * </pre>
 *
 * <p>{@link ServerMessage.EndOfStream} has no body here: it is a frame of its own on every transport. Stateless; a body
 * given here is always whole, framing is the transport's business.
 */
public final class ServerMessageCodec {
    /** Type byte of WAL data. */
    public static final byte XLOG_DATA = 'w';
    /** Type byte of a keepalive. */
    public static final byte KEEPALIVE = 'k';
    /** What stands before the payload of WAL data, the type byte included. */
    public static final int XLOG_DATA_HEADER_BYTES = 1 + 3 * Long.BYTES;
    /** A keepalive, the type byte included. */
    public static final int KEEPALIVE_BYTES = 1 + 2 * Long.BYTES + 1;

    private ServerMessageCodec() {}

    /**
     * Decodes one message, consuming {@code body}; the payload of WAL data is a slice of it.
     *
     * @throws ProtocolViolationException if the type is unknown or the length does not fit it
     */
    public static ServerMessage decode(ByteBuffer body) {
        if (!body.hasRemaining()) {
            throw new ProtocolViolationException("empty replication message");
        }
        byte type = body.get();
        return switch (type) {
            case XLOG_DATA -> decodeXLogData(body);
            case KEEPALIVE -> decodeKeepalive(body);
            default -> throw unknownType(type);
        };
    }

    /** Returns the error for a type byte that no message has. */
    public static ProtocolViolationException unknownType(byte type) {
        return new ProtocolViolationException("invalid replication message type %d".formatted(type & 0xFF));
    }

    private static XLogData decodeXLogData(ByteBuffer body) {
        if (body.remaining() < XLOG_DATA_HEADER_BYTES - 1) {
            throw new ProtocolViolationException("invalid WAL message received from primary");
        }
        Lsn start = new Lsn(body.getLong());
        Lsn serverEnd = new Lsn(body.getLong());
        PgTimestamp sentAt = new PgTimestamp(body.getLong());
        ByteBuffer payload = body.slice();
        body.position(body.limit());
        return new XLogData(start, serverEnd, sentAt, payload);
    }

    private static Keepalive decodeKeepalive(ByteBuffer body) {
        if (body.remaining() != KEEPALIVE_BYTES - 1) {
            throw new ProtocolViolationException("invalid keepalive message received from primary");
        }
        return new Keepalive(new Lsn(body.getLong()), new PgTimestamp(body.getLong()), body.get() != 0);
    }

    /** Writes what stands before the payload of WAL data. */
    public static void encodeXLogDataHeader(Lsn start, Lsn serverEnd, PgTimestamp sentAt, ByteBuffer out) {
        out.put(XLOG_DATA).putLong(start.value()).putLong(serverEnd.value()).putLong(sentAt.micros());
    }

    /** Writes a keepalive. */
    public static void encode(Keepalive keepalive, ByteBuffer out) {
        out.put(KEEPALIVE)
                .putLong(keepalive.serverEnd().value())
                .putLong(keepalive.sentAt().micros())
                .put((byte) (keepalive.replyRequested() ? 1 : 0));
    }
}
