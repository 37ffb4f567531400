// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusErrorsTest {

    private static WalException of(Status status) {
        return StatusErrors.of(status, new Metadata());
    }

    private static WalException unavailable(Throwable cause) {
        return of(Status.UNAVAILABLE.withDescription("io exception").withCause(cause));
    }

    @Test
    void keepsWhatTheServerSaid() {
        ErrorFields fields = new ErrorFields("FATAL", new SqlState("28000"), "no entry", "the detail", "the hint");
        StatusRuntimeException sent = ErrorMessages.status(fields);
        Metadata trailers = sent.getTrailers();
        assertThat(trailers).isNotNull();

        assertThat(StatusErrors.of(sent.getStatus(), trailers))
                .isInstanceOfSatisfying(
                        ServerErrorException.class, e -> assertThat(e.fields()).isEqualTo(fields));
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, 08006, BACKOFF, why",
        "UNKNOWN, 08006, BACKOFF, why",
        "INTERNAL, 08006, BACKOFF, why",
        "DEADLINE_EXCEEDED, 08006, BACKOFF, why",
        "RESOURCE_EXHAUSTED, 08006, BACKOFF, server has no room: why",
        "OK, 08006, BACKOFF, server closed the connection unexpectedly",
        "UNAUTHENTICATED, 28000, SLOW, authentication failed: why",
        "PERMISSION_DENIED, 42501, SLOW, permission denied: why",
        "UNIMPLEMENTED, 08001, SLOW, server does not offer replication: why",
    })
    void givesEachCodeItsMeaning(Status.Code code, String sqlState, Retry retry, String message) {
        WalException e = of(code.toStatus().withDescription("why\nand more"));

        assertThat(e).isInstanceOf(ConnectionException.class).hasMessage(message);
        assertThat(e.sqlState().code()).isEqualTo(sqlState);
        assertThat(e.retry()).isEqualTo(retry);
    }

    @Test
    void tellsLongMessagesFromServersWithoutRoom() {
        WalException e =
                of(Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 1048576: 1048577"));

        assertThat(e).isInstanceOf(ProtocolViolationException.class);
        assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED);
    }

    @Test
    void keepsWhatCouldNotBeRead() {
        ProtocolViolationException unreadable = new ProtocolViolationException("unreadable");

        assertThat(of(Status.CANCELLED.withCause(unreadable))).isSameAs(unreadable);
    }

    @Test
    void saysWhatTheOperatingSystemSays() {
        assertThat(unavailable(new ConnectException("finishConnect(..) failed: Connection refused: h/127.0.0.1:1")))
                .hasMessage("Connection refused");
        assertThat(unavailable(new ConnectTimeoutException("connection timed out after 3 ms: /10.0.0.1:1")))
                .hasMessage("timeout expired");
        assertThat(unavailable(new RuntimeException(new UnknownHostException("h"))))
                .hasMessage("could not translate host name to address: Name or service not known");
        assertThat(unavailable(new ClosedChannelException())).hasMessage("server closed the connection unexpectedly");
        assertThat(of(Status.UNAVAILABLE)).hasMessage("status UNAVAILABLE");
    }

    @Test
    void tellsFailuresOfTlsFromOthers() {
        for (Throwable failure : List.of(
                new SSLHandshakeException("certificate_unknown"),
                new RuntimeException(new SSLHandshakeException("certificate_unknown")))) {
            WalException e = unavailable(failure);

            assertThat(e).hasMessage("SSL error: certificate_unknown");
            assertThat(e.sqlState()).isEqualTo(SqlState.CANNOT_CONNECT);
            assertThat(e.retry()).isEqualTo(Retry.SLOW);
        }
        assertThat(unavailable(new NotSslRecordException("not an SSL/TLS record: 00")))
                .hasMessage("server does not speak TLS here (is it another port, or grpc://?)");
        assertThat(unavailable(new SslHandshakeTimeoutException("handshake timed out after 10000ms")))
                .hasMessage("timeout expired")
                .extracting(WalException::retry)
                .isEqualTo(Retry.BACKOFF);
        assertThat(unavailable(new SSLException("bad record MAC")).retry()).isEqualTo(Retry.BACKOFF);
    }
}
