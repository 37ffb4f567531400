// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.ServerParameters;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all of a connection's dialogue: whole frames, and the messages that may come at any time.
 *
 * <p>Threading: confined to the owner.
 */
final class ServerSession {
    private static final int LARGEST_NOTICES_BYTES = 1 << 20;

    private final Wire wire;
    private final FrameReader frames;
    private final Consumer<ErrorFields> noticeListener;
    private final ServerParameters parameters = new ServerParameters();
    private @Nullable ErrorFields lastError;
    private long noticeBytes;

    ServerSession(Wire wire, FrameReader frames, Consumer<ErrorFields> noticeListener) {
        this.wire = wire;
        this.frames = frames;
        this.noticeListener = noticeListener;
    }

    /**
     * A whole frame.
     *
     * @param type its type byte
     * @param body its body; good until the next frame is asked for
     */
    record Frame(byte type, ByteBuffer body) {
        ProtocolViolationException unexpected(String when) {
            return new ProtocolViolationException(
                    "unexpected message type %s %s".formatted(FrameLimits.typeName(type), when));
        }
    }

    Wire wire() {
        return wire;
    }

    FrameReader frames() {
        return frames;
    }

    /** Returns what the server has reported of its settings. */
    Map<String, String> parameters() {
        return parameters.byName();
    }

    /** Waits for the next frame that is an answer; deals with the rest. */
    Frame awaitFrame(Deadline deadline, String what) {
        while (true) {
            wire.resetArrival();
            Frame frame = pollFrame(deadline, what);
            if (frame != null) {
                return frame;
            }
            if (wire.isDry()) {
                throw lost();
            }
            wire.await(deadline, what);
        }
    }

    private @Nullable Frame pollFrame(Deadline deadline, String what) {
        while (frames.next()) {
            wire.checkMayGoOn(deadline, what);
            byte type = frames.type();
            ByteBuffer body = frames.takeRest();
            if (body == null) {
                return null;
            }
            if (type == 'N') {
                countNotice(body.remaining());
            }
            if (!takeAsynchronous(type, body)) {
                return new Frame(type, body);
            }
        }
        return null;
    }

    private void countNotice(int bytes) {
        noticeBytes += bytes;
        if (noticeBytes > LARGEST_NOTICES_BYTES) {
            throw new ProtocolViolationException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "notices in answer to one command longer than 1 MB");
        }
    }

    /** Deals with {@code body} if it is of a kind that may come at any time; returns whether it was. */
    boolean takeAsynchronous(byte type, ByteBuffer body) {
        switch (type) {
            case 'N' -> noticeListener.accept(BackendMessages.errorFields(body));
            case 'S' -> {
                BackendMessages.Parameter parameter = BackendMessages.parameterStatus(body);
                parameters.put(parameter.name(), parameter.value());
            }
            case 'A' -> body.position(body.limit());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Keeps an error the server reported, in case it closes without another word. */
    ServerErrorException serverError(ByteBuffer body) {
        ErrorFields fields = BackendMessages.errorFields(body);
        lastError = fields;
        return new ServerErrorException(fields);
    }

    /** Returns the error for a connection that has ended: the server's own last word, if it had one. */
    WalException lost() {
        ErrorFields said = lastError;
        return said != null && !wire.isClosed() ? new ServerErrorException(said) : wire.lost();
    }

    /** Another command begins: what was said before does not concern it. */
    void beginCommand() {
        lastError = null;
        noticeBytes = 0;
    }

    void forgetError() {
        lastError = null;
    }
}
