// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a TLS handshake failed, down to the check that failed. */
final class HandshakeFailure {
    private static final int MOST_CAUSES = 8;

    private HandshakeFailure() {}

    /** Returns that of a channel that is being closed; null if it did not fail, or the peer only went away. */
    static @Nullable String of(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        Throwable cause = handler == null ? null : handler.handshakeFuture().cause();
        return cause instanceof SSLException ? "could not accept SSL connection: " + reason(cause) : null;
    }

    private static String reason(Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        Throwable cause = failure.getCause();
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            reason = cause.getMessage() == null ? reason : cause.getMessage();
            cause = cause.getCause();
        }
        return reason;
    }
}
