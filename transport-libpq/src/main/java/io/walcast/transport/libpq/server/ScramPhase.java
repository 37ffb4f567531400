// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.walcast.auth.ScramVerifier;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.transport.CloseReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SASL exchange ({@code CheckSASLAuth}): which mechanism, then the messages of {@link ScramServer}. */
final class ScramPhase implements Phase {
    private static final int LONGEST_MESSAGE_BYTES = 1_024;
    private static final int CONTINUE = 11;
    private static final int FINAL = 12;

    private final FrontendConnection connection;
    private final Login login;
    private final ScramVerifier verifier;
    private final byte @Nullable [] endPoint;
    private @Nullable ScramServer exchange;

    private ScramPhase(FrontendConnection connection, Login login, ScramVerifier verifier, byte @Nullable [] endPoint) {
        this.connection = connection;
        this.login = login;
        this.verifier = verifier;
        this.endPoint = endPoint;
    }

    static void begin(
            FrontendConnection connection, Login login, ScramVerifier verifier, @Nullable Encrypted encrypted) {
        byte[] endPoint = encrypted == null ? null : encrypted.material().endPoint();
        connection.enter(new ScramPhase(connection, login, verifier, endPoint));
        connection.writeAndFlush(BackendMessages.authenticationSasl(
                endPoint == null
                        ? List.of(ScramServer.MECHANISM)
                        : List.of(ScramServer.MECHANISM_PLUS, ScramServer.MECHANISM)));
    }

    @Override
    public int inputLimit() {
        return Frames.HEADER_BYTES + LONGEST_MESSAGE_BYTES;
    }

    @Override
    public boolean take(ByteBuf input) {
        int type = Frames.type(input);
        if (type < 0) {
            return false;
        }
        if (type == 'X') {
            connection.server().log.closedQuietly(connection.peer(), "client gave up");
            connection.close(CloseReason.TERMINATED_BY_PEER);
            return false;
        }
        if (type != 'p') {
            throw new ProtocolViolationException("expected SASL response, got message type %d".formatted(type));
        }
        ByteBuf body = Frames.take(input, LONGEST_MESSAGE_BYTES, Frames.TooLong.INVALID_LENGTH);
        if (body == null) {
            return false;
        }
        ScramServer running = exchange;
        if (running == null) {
            begin(body);
        } else {
            answer(running, ByteBufUtil.getBytes(body));
        }
        return true;
    }

    private void begin(ByteBuf body) {
        String mechanism = mechanism(body);
        boolean plus = mechanism.equals(ScramServer.MECHANISM_PLUS) && endPoint != null;
        if (!plus && !mechanism.equals(ScramServer.MECHANISM)) {
            throw new ProtocolViolationException("client selected an invalid SASL authentication mechanism");
        }
        ScramServer begun = new ScramServer(verifier, plus ? endPoint : null, endPoint != null);
        exchange = begun;
        if (body.readableBytes() < Integer.BYTES) {
            throw new ProtocolViolationException("insufficient data left in message");
        }
        int length = body.readInt();
        if (length == -1 && !body.isReadable()) {
            connection.writeAndFlush(BackendMessages.authenticationSasl(CONTINUE, new byte[0]));
            return;
        }
        if (length != -1 && (length < 0 || length > body.readableBytes())) {
            throw new ProtocolViolationException("insufficient data left in message");
        }
        if (length != body.readableBytes()) {
            throw new ProtocolViolationException("invalid message format");
        }
        answer(begun, ByteBufUtil.getBytes(body));
    }

    /** A password that was sent in the clear by mistake is no mechanism, and is not shown. */
    private static String mechanism(ByteBuf body) {
        int bytes = body.bytesBefore((byte) 0);
        if (bytes < 0) {
            throw new ProtocolViolationException("invalid string in message");
        }
        String name = body.toString(body.readerIndex(), bytes, StandardCharsets.ISO_8859_1);
        body.skipBytes(bytes + 1);
        return name;
    }

    private void answer(ScramServer running, byte[] message) {
        if (!running.hasBegun()) {
            connection.writeAndFlush(BackendMessages.authenticationSasl(CONTINUE, running.first(message)));
            return;
        }
        byte[] last = running.last(message);
        if (last == null) {
            login.failed();
            return;
        }
        connection.write(BackendMessages.authenticationSasl(FINAL, last));
        login.proven();
    }
}
