// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all of a connection's dialogue: whole frames, and the messages that may come at any time.
 *
 * <p>Threading: confined to the owner.
 */
final class ServerSession {
    private final Wire wire;
    private final FrameReader frames;
    private final Consumer<ErrorFields> noticeListener;
    private final Map<String, String> parameters = new TreeMap<>();
    private @Nullable ErrorFields lastError;

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
        return parameters;
    }

    /** Waits for the next frame that is an answer; deals with the rest. */
    Frame awaitFrame(Deadline deadline, String what) {
        while (true) {
            wire.resetArrival();
            Frame frame = pollFrame();
            if (frame != null) {
                return frame;
            }
            if (wire.isDry()) {
                throw lost();
            }
            wire.await(deadline, what);
        }
    }

    private @Nullable Frame pollFrame() {
        while (frames.next()) {
            byte type = frames.type();
            ByteBuffer body = frames.takeRest();
            if (body == null) {
                return null;
            }
            if (!takeAsynchronous(type, body)) {
                return new Frame(type, body);
            }
        }
        return null;
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

    /** Returns whether frames of {@code type} may come at any time. */
    static boolean isAsynchronous(byte type) {
        return type == 'N' || type == 'S' || type == 'A';
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

    void forgetError() {
        lastError = null;
    }
}
