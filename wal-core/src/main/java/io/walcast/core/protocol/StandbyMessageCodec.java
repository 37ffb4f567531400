// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import java.nio.ByteBuffer;

/**
 * Reads and writes {@link StandbyMessage}s: the body of one CopyData frame, big-endian (PostgreSQL manual, "Streaming
 * Replication Protocol").
 *
 * <pre>
 * StatusUpdate        'r' | write int64 | flush int64 | apply int64 | sentAt int64 | replyRequested int8
 * HotStandbyFeedback  'h' | sentAt int64 | xmin int32 | epoch int32 | catalogXmin int32 | epoch int32
 * </pre>
 *
 * <p>Stateless. A longer body is read as far as it is known: a later version may add fields.
 */
public final class StandbyMessageCodec {
    /** Type byte of a status update. */
    public static final byte STATUS_UPDATE = 'r';
    /** Type byte of hot standby feedback. */
    public static final byte HOT_STANDBY_FEEDBACK = 'h';
    /** A status update, the type byte included. */
    public static final int STATUS_UPDATE_BYTES = 1 + 4 * Long.BYTES + 1;
    /** Hot standby feedback, the type byte included. */
    public static final int HOT_STANDBY_FEEDBACK_BYTES = 1 + Long.BYTES + 4 * Integer.BYTES;

    private StandbyMessageCodec() {}

    /**
     * Decodes one message, consuming {@code body}.
     *
     * @throws ProtocolViolationException if the type is unknown or the body too short for it
     */
    public static StandbyMessage decode(ByteBuffer body) {
        requireAtLeast(1, body);
        byte type = body.get();
        return switch (type) {
            case STATUS_UPDATE -> decodeStatusUpdate(body);
            case HOT_STANDBY_FEEDBACK -> decodeHotStandbyFeedback(body);
            default ->
                throw new ProtocolViolationException(
                        type > ' ' && type < 127
                                ? "unexpected message type \"%c\"".formatted((char) type)
                                : "unexpected message type 0x%02x".formatted(type));
        };
    }

    private static StatusUpdate decodeStatusUpdate(ByteBuffer body) {
        requireAtLeast(STATUS_UPDATE_BYTES - 1, body);
        Lsn write = new Lsn(body.getLong());
        Lsn flush = new Lsn(body.getLong());
        Lsn apply = new Lsn(body.getLong());
        PgTimestamp sentAt = new PgTimestamp(body.getLong());
        boolean replyRequested = body.get() != 0;
        body.position(body.limit());
        return new StatusUpdate(write, flush, apply, sentAt, replyRequested);
    }

    private static HotStandbyFeedback decodeHotStandbyFeedback(ByteBuffer body) {
        requireAtLeast(HOT_STANDBY_FEEDBACK_BYTES - 1, body);
        HotStandbyFeedback feedback = new HotStandbyFeedback(
                new PgTimestamp(body.getLong()), body.getInt(), body.getInt(), body.getInt(), body.getInt());
        body.position(body.limit());
        return feedback;
    }

    /** Writes {@code message}; at most {@link #STATUS_UPDATE_BYTES} bytes. */
    public static void encode(StandbyMessage message, ByteBuffer out) {
        message.dispatchTo(new StandbyMessage.Handler() {
            @Override
            public void onStatusUpdate(StatusUpdate update) {
                out.put(STATUS_UPDATE)
                        .putLong(update.write().value())
                        .putLong(update.flush().value())
                        .putLong(update.apply().value())
                        .putLong(update.sentAt().micros())
                        .put((byte) (update.replyRequested() ? 1 : 0));
            }

            @Override
            public void onHotStandbyFeedback(HotStandbyFeedback feedback) {
                out.put(HOT_STANDBY_FEEDBACK)
                        .putLong(feedback.sentAt().micros())
                        .putInt(feedback.xmin())
                        .putInt(feedback.xminEpoch())
                        .putInt(feedback.catalogXmin())
                        .putInt(feedback.catalogXminEpoch());
            }
        });
    }

    private static void requireAtLeast(int bytes, ByteBuffer body) {
        if (body.remaining() < bytes) {
            throw new ProtocolViolationException("insufficient data left in message");
        }
    }
}
