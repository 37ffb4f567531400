// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.walcast.core.error.SqlState;
import io.walcast.tls.ShownCertificate;
import io.walcast.transport.SessionRequest;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The TLS handshake. Nothing of the protocol is taken until it is done; what came before it was thrown away. */
final class TlsPhase implements Phase {
    private static final int INPUT_BYTES = 16 << 10;

    private final FrontendConnection connection;
    private final ServerTls encryption;
    private final boolean gssAsked;
    private final boolean direct;
    private final SslHandler handler;

    private TlsPhase(FrontendConnection connection, ServerTls encryption, boolean gssAsked, boolean direct) {
        this.connection = connection;
        this.encryption = encryption;
        this.gssAsked = gssAsked;
        this.direct = direct;
        this.handler = encryption.newHandler(connection.channel().alloc());
    }

    /** Begins the handshake; {@code direct} if the client did so without asking, then what has come is the first of it. */
    static void begin(FrontendConnection connection, ServerTls encryption, boolean gssAsked, boolean direct) {
        TlsPhase phase = new TlsPhase(connection, encryption, gssAsked, direct);
        connection.enter(phase);
        phase.shakeHands();
    }

    private void shakeHands() {
        ChannelPipeline pipeline = connection.channel().pipeline();
        ByteBuf hello = connection.takeInput();
        pipeline.addFirst(handler);
        connection.channel().config().setWriteBufferWaterMark(encryption.waterMark(connection.server().options));
        if (hello.isReadable()) {
            pipeline.fireChannelRead(hello);
            pipeline.fireChannelReadComplete();
        } else {
            hello.release();
        }
    }

    @Override
    public boolean take(ByteBuf input) {
        return false;
    }

    @Override
    public int inputLimit() {
        return INPUT_BYTES;
    }

    /** Takes the end of the handshake; a failed one has told the peer itself. */
    void completed(SslHandshakeCompletionEvent event) {
        if (!event.isSuccess()) {
            connection.drop(SqlState.PROTOCOL_VIOLATION, "could not accept SSL connection: " + reason(event.cause()));
            return;
        }
        if (direct && !ServerTls.PROTOCOL.equals(handler.applicationProtocol())) {
            connection.drop(
                    SqlState.PROTOCOL_VIOLATION,
                    "received direct SSL connection request without ALPN protocol negotiation extension");
            return;
        }
        SSLSession session = handler.engine().getSession();
        ShownCertificate shown = ShownCertificate.of(session);
        SessionRequest.TlsState state = new SessionRequest.TlsState(
                session.getProtocol(), session.getCipherSuite(), shown == null ? null : shown.distinguishedName());
        connection.enter(new StartupPhase(connection, new Encrypted(state, shown, encryption), gssAsked));
        connection.proceed();
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null ? "unknown" : String.valueOf(cause.getMessage());
    }
}
