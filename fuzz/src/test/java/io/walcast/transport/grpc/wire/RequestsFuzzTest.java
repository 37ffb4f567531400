// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.Error;
import io.walcast.transport.grpc.v1.SessionRequest;
import java.util.Optional;

/** What comes out of messages once Protobuf has parsed them. */
final class RequestsFuzzTest {
    private static final int FIXED_BYTES = 1 << 20;

    @FuzzTest
    void makesACommandOrAnError(byte[] bytes) {
        Command message;
        try {
            message = Command.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        for (int major = 14; major <= 18; major++) {
            int version = major;
            Optional<ReplicationCommand> command = ParserContract.parse(
                    bytes.length, ServerErrorException.class, () -> CommandMessages.command(message, version));
            command.ifPresent(read -> assertThat(read.toString()).isNotBlank());
        }
    }

    @FuzzTest
    void readsOfAReceiverWhatAReceiverSends(byte[] bytes) {
        SessionRequest request;
        try {
            request = SessionRequest.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        if (request.hasStatusUpdate()) {
            StandbyMessage update = StandbyMessages.message(request.getStatusUpdate());
            assertThat(StandbyMessages.message(StandbyMessages.request(update).getStatusUpdate()))
                    .isEqualTo(update);
        } else if (request.hasHotStandbyFeedback()) {
            StandbyMessage feedback = StandbyMessages.message(request.getHotStandbyFeedback());
            assertThat(StandbyMessages.message(StandbyMessages.request(feedback).getHotStandbyFeedback()))
                    .isEqualTo(feedback);
        }
    }

    /** The details of a status, as any server may send them; and an error survives the way through a status. */
    @FuzzTest
    void readsTheErrorInAStatus(byte[] bytes) {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), bytes);
        Optional<Optional<ErrorFields>> read = ParserContract.parse(
                bytes.length,
                FIXED_BYTES,
                ConfigurationException.class,
                () -> ErrorMessages.fields(Status.INTERNAL, trailers));

        assertThat(read).isPresent();
        if (read.get().isPresent()) {
            ErrorFields fields = read.get().get();
            Error message = ErrorMessages.message(fields);
            assertThat(ErrorMessages.fields(message)).isEqualTo(fields);
            assertThat(ErrorMessages.status(fields).getStatus().isOk()).isFalse();
        }
    }

    @FuzzTest
    void readsCompressionAsItIsPrinted(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<Compression> compression =
                ParserContract.parse(bytes.length, ConfigurationException.class, () -> Compression.parse(text));
        compression.ifPresent(
                read -> assertThat(Compression.parse(read.toString())).isEqualTo(read));
    }
}
