// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import io.walcast.postmaster.http2.HeaderBlock.Field;
import java.util.List;

/**
 * What a client learned of the end of a call, or of the connection. What was not said is -1 or empty.
 *
 * @param httpStatus {@code :status}
 * @param grpcStatus {@code grpc-status}
 * @param message {@code grpc-message}, as it came
 * @param resetCode of a RST_STREAM
 * @param goAwayCode of a GOAWAY
 * @param goAwayText what the GOAWAY said
 * @param closed whether the connection is over
 */
public record CallEnd(
        int httpStatus,
        int grpcStatus,
        String message,
        int resetCode,
        int goAwayCode,
        String goAwayText,
        boolean closed) {
    static final CallEnd NONE = new CallEnd(-1, -1, "", -1, -1, "", false);

    private static final int NO_ERROR = 0;

    /** Returns that of a call that goes on, of which only the HTTP status has come. */
    public static CallEnd openAt(int httpStatus) {
        return new CallEnd(httpStatus, -1, "", -1, -1, "", false);
    }

    /** Returns whether no more is to be expected. */
    boolean isOver() {
        return grpcStatus >= 0 || resetCode >= 0 || closed;
    }

    CallEnd headers(List<Field> fields, boolean last) {
        CallEnd end = this;
        for (Field field : fields) {
            end = end.with(field);
        }
        return last && end.grpcStatus < 0 ? end.reset(NO_ERROR) : end;
    }

    private CallEnd with(Field field) {
        return switch (field.name()) {
            case ":status" ->
                new CallEnd(number(field), grpcStatus, message, resetCode, goAwayCode, goAwayText, closed);
            case "grpc-status" ->
                new CallEnd(httpStatus, number(field), message, resetCode, goAwayCode, goAwayText, closed);
            case "grpc-message" ->
                new CallEnd(httpStatus, grpcStatus, field.value(), resetCode, goAwayCode, goAwayText, closed);
            default -> this;
        };
    }

    private static int number(Field field) {
        return Integer.parseInt(field.value());
    }

    CallEnd reset(int code) {
        return new CallEnd(httpStatus, grpcStatus, message, code, goAwayCode, goAwayText, closed);
    }

    CallEnd goAway(int code, String text) {
        return new CallEnd(httpStatus, grpcStatus, message, resetCode, code, text, closed);
    }

    CallEnd ofClosed() {
        return new CallEnd(httpStatus, grpcStatus, message, resetCode, goAwayCode, goAwayText, true);
    }
}
