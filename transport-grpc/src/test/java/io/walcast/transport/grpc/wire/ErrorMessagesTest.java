// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.v1.Error;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorMessagesTest {
    private static final ErrorFields FULL = new ErrorFields(
            "FATAL", new SqlState("57P01"), "terminating — by administrator", "because", "try another one");
    private static final ErrorFields BARE = ErrorFields.error(SqlState.SYNTAX_ERROR, "");

    @Test
    void areReadAsTheyWereWritten() {
        for (ErrorFields fields : List.of(FULL, BARE)) {
            StatusRuntimeException status = ErrorMessages.status(fields);

            assertThat(ErrorMessages.fields(ErrorMessages.message(fields))).isEqualTo(fields);
            assertThat(ErrorMessages.fields(status.getStatus(), Objects.requireNonNull(status.getTrailers())))
                    .contains(fields);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "08000, UNAVAILABLE",
        "08006, UNAVAILABLE",
        "08P01, INVALID_ARGUMENT",
        "0A000, UNIMPLEMENTED",
        "22003, INVALID_ARGUMENT",
        "22023, INVALID_ARGUMENT",
        "25001, INTERNAL",
        "28000, UNAUTHENTICATED",
        "28P01, UNAUTHENTICATED",
        "3D000, NOT_FOUND",
        "40001, ABORTED",
        "42501, PERMISSION_DENIED",
        "42601, INVALID_ARGUMENT",
        "42602, INVALID_ARGUMENT",
        "42704, NOT_FOUND",
        "42710, ALREADY_EXISTS",
        "53100, RESOURCE_EXHAUSTED",
        "53300, RESOURCE_EXHAUSTED",
        "54000, RESOURCE_EXHAUSTED",
        "55000, FAILED_PRECONDITION",
        "55006, FAILED_PRECONDITION",
        "57014, CANCELLED",
        "57P01, UNAVAILABLE",
        "57P03, UNAVAILABLE",
        "58030, INTERNAL",
        "58P01, NOT_FOUND",
        "F0000, INTERNAL",
        "P0001, INTERNAL",
        "ZZZZZ, INTERNAL",
        "00000, INTERNAL",
        "01000, INTERNAL",
        "XX000, INTERNAL",
        "XX001, DATA_LOSS",
    })
    void haveACodeForEveryClass(String state, Status.Code code) {
        StatusRuntimeException status = ErrorMessages.status(ErrorFields.error(new SqlState(state), "what"));

        assertThat(status.getStatus().getCode()).isEqualTo(code);
        assertThat(status.getStatus().getDescription()).isEqualTo("what");
    }

    @Test
    void tellOthersTheSqlStateTheWayGoogleDoes() throws InvalidProtocolBufferException {
        ErrorInfo info = detail(FULL, ErrorInfo.class);

        assertThat(info).isNotNull();
        assertThat(info.getReason()).isEqualTo("57P01");
        assertThat(info.getDomain()).isEqualTo("postgresql.org");
        assertThat(info.getMetadataMap()).containsEntry("severity", "FATAL");
    }

    @ParameterizedTest
    @CsvSource({"57P01, 1", "53300, 1", "55006, 1", "28P01, 60", "42501, 60", "58P01, ", "42704, "})
    void tellOthersWhetherAndWhenToTryAgain(String state, @Nullable Long seconds)
            throws InvalidProtocolBufferException {
        RetryInfo retry = detail(ErrorFields.error(new SqlState(state), ""), RetryInfo.class);

        assertThat(retry == null ? null : retry.getRetryDelay().getSeconds()).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ä", "→", "😀", "\n"})
    void fitTheMetadataThatAClientTakesHoweverLongTheyAre(String character) {
        String text = character.repeat(1 << 20);
        ErrorFields fields = new ErrorFields("FATAL", SqlState.INTERNAL_ERROR, text, text, text);

        StatusRuntimeException status = ErrorMessages.status(fields);
        Metadata trailers = Objects.requireNonNull(status.getTrailers());
        int bytes = 0;
        for (byte[] part : InternalMetadata.serialize(trailers)) {
            bytes += part.length * 4 / 3 + 32;
        }
        String description = Objects.requireNonNull(status.getStatus().getDescription());
        bytes += 3 * description.getBytes(UTF_8).length;

        assertThat(bytes).isLessThan(7 << 10);
        assertThat(description).startsWith(character).endsWith("...").doesNotContain("\ufffd");
        assertThat(ErrorMessages.fields(status.getStatus(), trailers))
                .hasValueSatisfying(cut -> assertThat(cut.message())
                        .startsWith(character.repeat(200))
                        .endsWith("..."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1234", "123456", "abcde", "12 45", "ÄÖÜ12"})
    void areInternalIfTheSqlStateIsNone(String state) {
        Error error = Error.newBuilder()
                .setSeverity("ERROR")
                .setSqlstate(state)
                .setMessage("what")
                .build();

        assertThat(ErrorMessages.fields(error)).isEqualTo(ErrorFields.error(SqlState.INTERNAL_ERROR, "what"));
    }

    @Test
    void areInternalIfNothingIsSet() {
        assertThat(ErrorMessages.fields(Error.getDefaultInstance()))
                .isEqualTo(new ErrorFields("", SqlState.INTERNAL_ERROR, "", null, null));
    }

    @Test
    void areNotFoundWhereThereIsNone() {
        Any other = Any.pack(ErrorInfo.getDefaultInstance());
        Any broken = Any.newBuilder()
                .setTypeUrl(Any.pack(Error.getDefaultInstance()).getTypeUrl())
                .setValue(ByteString.copyFromUtf8("\u0007broken"))
                .build();

        assertThat(ErrorMessages.fields(Status.UNAVAILABLE, new Metadata())).isEmpty();
        for (Any detail : List.of(other, broken, Any.getDefaultInstance())) {
            StatusRuntimeException status = StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(Status.Code.INTERNAL.value())
                    .addDetails(detail)
                    .build());

            assertThat(ErrorMessages.fields(status.getStatus(), Objects.requireNonNull(status.getTrailers())))
                    .isEmpty();
        }
    }

    @Test
    void areNotFoundInDetailsThatAreNone() {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {7, 7, 7});

        assertThat(ErrorMessages.fields(Status.UNAVAILABLE, trailers)).isEmpty();
    }

    private static <T extends com.google.protobuf.Message> @Nullable T detail(ErrorFields fields, Class<T> type)
            throws InvalidProtocolBufferException {
        StatusRuntimeException failure = ErrorMessages.status(fields);
        com.google.rpc.Status status = StatusProto.fromStatusAndTrailers(failure.getStatus(), failure.getTrailers());
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                return detail.unpack(type);
            }
        }
        return null;
    }
}
