// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.v1.Error;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's errors, to and from messages and statuses. Stateless. */
public final class ErrorMessages {
    private static final String DOMAIN = "postgresql.org";
    private static final Duration SOON = Duration.newBuilder().setSeconds(1).build();
    private static final Duration LATER = Duration.newBuilder().setSeconds(60).build();

    // All of them together, twice in part and in base 64, fit the 8 kB of metadata that a client takes.
    private static final int MAX_DESCRIPTION_BYTES = 512;
    private static final int MAX_MESSAGE_BYTES = 1024;
    private static final int MAX_DETAIL_BYTES = 1024;
    private static final int MAX_HINT_BYTES = 512;
    private static final String CUT = "...";

    private ErrorMessages() {}

    /** Returns {@code fields} as a message. */
    public static Error message(ErrorFields fields) {
        Error.Builder error = Error.newBuilder()
                .setSeverity(fields.severity())
                .setSqlstate(fields.sqlState().code())
                .setMessage(fields.message());
        String detail = fields.detail();
        if (detail != null) {
            error.setDetail(detail);
        }
        String hint = fields.hint();
        if (hint != null) {
            error.setHint(hint);
        }
        return error.build();
    }

    /** Returns what a message says; a SQLSTATE that cannot be one becomes XX000. */
    public static ErrorFields fields(Error error) {
        SqlState state;
        try {
            state = new SqlState(error.getSqlstate());
        } catch (IllegalArgumentException e) {
            state = SqlState.INTERNAL_ERROR;
        }
        return new ErrorFields(
                error.getSeverity(),
                state,
                error.getMessage(),
                error.hasDetail() ? error.getDetail() : null,
                error.hasHint() ? error.getHint() : null);
    }

    /** Returns the failure of a call that ends with {@code fields}; texts that are too long for metadata are cut. */
    public static StatusRuntimeException status(ErrorFields fields) {
        return status(code(fields.sqlState()), fields);
    }

    /** Returns the failure of a call that ends with {@code fields}, with another code than theirs. */
    public static StatusRuntimeException status(Status.Code code, ErrorFields fields) {
        ErrorFields cut = new ErrorFields(
                fields.severity(),
                fields.sqlState(),
                cut(fields.message(), MAX_MESSAGE_BYTES),
                cutIfGiven(fields.detail(), MAX_DETAIL_BYTES),
                cutIfGiven(fields.hint(), MAX_HINT_BYTES));
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(cut(fields.message(), MAX_DESCRIPTION_BYTES))
                .addDetails(Any.pack(message(cut)))
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(fields.sqlState().code())
                        .setDomain(DOMAIN)
                        .putMetadata("severity", fields.severity())
                        .build()));
        Retry retry = new ServerErrorException(fields).retry();
        if (retry != Retry.NEVER) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(retry == Retry.BACKOFF ? SOON : LATER)
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static @Nullable String cutIfGiven(@Nullable String text, int maxBytes) {
        return text == null ? null : cut(text, maxBytes);
    }

    /** Returns as much of the text as fits, without half a character at its end. */
    private static String cut(String text, int maxBytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length <= maxBytes) {
            return text;
        }
        int end = 0;
        for (int bytes = CUT.length(); end < text.length(); ) {
            int character = text.codePointAt(end);
            bytes += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                break;
            }
            end += Character.charCount(character);
        }
        return text.substring(0, end) + CUT;
    }

    /** Returns the error that the end of a call holds; empty if it holds none of PostgreSQL's. */
    public static Optional<ErrorFields> fields(Status status, Metadata trailers) {
        com.google.rpc.Status rich;
        try {
            rich = StatusProto.fromStatusAndTrailers(status, trailers);
        } catch (IllegalArgumentException e) {
            // The details are none.
            return Optional.empty();
        }
        for (Any detail : rich.getDetailsList()) {
            if (detail.is(Error.class)) {
                try {
                    return Optional.of(fields(detail.unpack(Error.class)));
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static Status.Code code(SqlState state) {
        return switch (state.code().substring(0, 2)) {
            case "08" ->
                state.equals(SqlState.PROTOCOL_VIOLATION) ? Status.Code.INVALID_ARGUMENT : Status.Code.UNAVAILABLE;
            case "0A" -> Status.Code.UNIMPLEMENTED;
            case "22" -> Status.Code.INVALID_ARGUMENT;
            case "28" -> Status.Code.UNAUTHENTICATED;
            case "3D" -> Status.Code.NOT_FOUND;
            case "40" -> Status.Code.ABORTED;
            case "42" -> syntaxOrAccess(state);
            case "53", "54" -> Status.Code.RESOURCE_EXHAUSTED;
            case "55" -> Status.Code.FAILED_PRECONDITION;
            case "57" -> state.equals(SqlState.QUERY_CANCELED) ? Status.Code.CANCELLED : Status.Code.UNAVAILABLE;
            case "58" -> state.equals(SqlState.UNDEFINED_FILE) ? Status.Code.NOT_FOUND : Status.Code.INTERNAL;
            case "XX" -> state.equals(SqlState.DATA_CORRUPTED) ? Status.Code.DATA_LOSS : Status.Code.INTERNAL;
            default -> Status.Code.INTERNAL;
        };
    }

    private static Status.Code syntaxOrAccess(SqlState state) {
        return switch (state.code()) {
            case "42501" -> Status.Code.PERMISSION_DENIED;
            case "42704" -> Status.Code.NOT_FOUND;
            case "42710" -> Status.Code.ALREADY_EXISTS;
            default -> Status.Code.INVALID_ARGUMENT;
        };
    }
}
