// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CancelKey;
import io.walcast.transport.CloseReason;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Before anybody is known: requests for encryption, one of each kind at most; a request to cancel, which is never
 * answered; the startup packet ({@code ProcessStartupPacket}).
 */
final class StartupPhase implements Phase {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSSENC_REQUEST = 80877104;
    private static final int CANCEL_REQUEST = 80877102;
    private static final int REQUEST_BYTES = 8;
    private static final int LONGEST_BYTES = 10_004;
    private static final int TLS_HANDSHAKE_RECORD = 0x16;
    private static final int SHORT_KEY_BYTES = 4;
    private static final int LONGEST_KEY_BYTES = 256;

    /** How other protocols begin, which are tried on every port. */
    private static final Map<String, String> STRANGERS = Map.of(
            "GET ", "HTTP", "POST", "HTTP", "HEAD", "HTTP", "PUT ", "HTTP", "OPTI", "HTTP", "CONN", "HTTP", "PRI ",
            "HTTP", "SSH-", "SSH", "PROX", "PROXY");

    private final FrontendConnection connection;
    private final @Nullable Encrypted encrypted;
    private boolean begun;
    private boolean sslAsked;
    private boolean gssAsked;

    /** Begins with nothing known. */
    StartupPhase(FrontendConnection connection) {
        this(connection, null, false);
    }

    /** Goes on under TLS. */
    StartupPhase(FrontendConnection connection, @Nullable Encrypted encrypted, boolean gssAsked) {
        this.connection = connection;
        this.encrypted = encrypted;
        this.gssAsked = gssAsked;
        this.sslAsked = encrypted != null;
        this.begun = encrypted != null;
    }

    @Override
    public int inputLimit() {
        return LONGEST_BYTES;
    }

    @Override
    public String unfinished() {
        return "startup packet";
    }

    @Override
    public boolean take(ByteBuf input) {
        if (!begun && input.isReadable() && input.getByte(input.readerIndex()) == TLS_HANDSHAKE_RECORD) {
            beginDirectTls();
            return false;
        }
        if (input.readableBytes() < Integer.BYTES) {
            return false;
        }
        int length = input.getInt(input.readerIndex());
        if (length < REQUEST_BYTES || length > LONGEST_BYTES) {
            refuseLength(input);
            return false;
        }
        if (input.readableBytes() < length) {
            return false;
        }
        begun = true;
        takePacket(input.readSlice(length).skipBytes(Integer.BYTES), input.isReadable());
        return true;
    }

    private void refuseLength(ByteBuf input) {
        String first = input.toString(input.readerIndex(), Integer.BYTES, StandardCharsets.ISO_8859_1);
        String protocol = begun ? null : STRANGERS.get(first);
        connection.drop(
                SqlState.PROTOCOL_VIOLATION,
                protocol == null
                        ? "invalid length of startup packet"
                        : "not a PostgreSQL client (%s)".formatted(protocol));
    }

    private void takePacket(ByteBuf packet, boolean moreFollows) {
        int code = packet.readInt();
        switch (code) {
            case CANCEL_REQUEST -> cancel(packet);
            case SSL_REQUEST -> sslRequest(packet, moreFollows);
            case GSSENC_REQUEST -> gssRequest(packet, moreFollows);
            default -> startup(code, packet);
        }
    }

    /** PostgreSQL up to 17 knows keys of four bytes only. */
    private void cancel(ByteBuf packet) {
        int keyBytes = packet.readableBytes() - Integer.BYTES;
        boolean old = connection.server().service.serverMajor() < ProtocolVersion.LONG_KEYS_SINCE;
        boolean fits = old ? keyBytes == SHORT_KEY_BYTES : keyBytes >= 1 && keyBytes <= LONGEST_KEY_BYTES;
        if (!fits) {
            connection.drop(SqlState.PROTOCOL_VIOLATION, "invalid length of cancel request packet");
            return;
        }
        int pid = packet.readInt();
        byte[] key = new byte[keyBytes];
        packet.readBytes(key);
        connection.server().service.cancel(pid, new CancelKey(key));
        connection.close(CloseReason.ENDED_BY_SERVER);
    }

    private void sslRequest(ByteBuf packet, boolean moreFollows) {
        if (sslAsked) {
            throw ProtocolVersion.unsupported(
                    SSL_REQUEST, connection.server().service.serverMajor());
        }
        sslAsked = true;
        requireAlone(packet, moreFollows, "SSL request");
        ServerTls offered = connection.server().tls.get();
        connection.writeAndFlush(answer(offered == null ? 'N' : 'S'));
        if (offered != null) {
            TlsPhase.begin(connection, offered, gssAsked, false);
        }
    }

    private void gssRequest(ByteBuf packet, boolean moreFollows) {
        if (gssAsked || encrypted != null) {
            throw ProtocolVersion.unsupported(
                    GSSENC_REQUEST, connection.server().service.serverMajor());
        }
        gssAsked = true;
        requireAlone(packet, moreFollows, "GSSAPI encryption request");
        connection.writeAndFlush(answer('N'));
    }

    private static ByteBuf answer(char answer) {
        return Unpooled.wrappedBuffer(new byte[] {(byte) answer});
    }

    /** What comes in the clear before an answer may have been put there by somebody in between. */
    private static void requireAlone(ByteBuf packet, boolean moreFollows, String what) {
        if (packet.isReadable()) {
            throw new ProtocolViolationException("invalid length of startup packet");
        }
        if (moreFollows) {
            throw new ServerErrorException(new ErrorFields(
                    "FATAL",
                    SqlState.PROTOCOL_VIOLATION,
                    "received unencrypted data after " + what,
                    "This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.",
                    null));
        }
    }

    private void beginDirectTls() {
        ServerTls offered = connection.server().tls.get();
        if (offered == null) {
            connection.drop(SqlState.PROTOCOL_VIOLATION, "TLS handshake on a port without TLS");
            return;
        }
        TlsPhase.begin(connection, offered, gssAsked, true);
    }

    private void startup(int code, ByteBuf packet) {
        int serverMajor = connection.server().service.serverMajor();
        ProtocolVersion version = ProtocolVersion.of(code, serverMajor);
        StartupPacket startup = StartupPacket.parse(packet);
        version.negotiation(startup.unknownProtocolOptions()).ifPresent(connection::write);
        if (!connection.server().admission.hasRoom()) {
            throw SessionStart.tooManyClients();
        }
        new Login(connection, startup, version, encrypted).begin();
    }
}
