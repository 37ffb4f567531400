// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.walcast.tls.ShownCertificate;
import io.walcast.transport.SessionRequest.TlsState;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as far as the connection tells.
 *
 * @param address where from
 * @param tls how the connection is encrypted; null if it is not
 * @param shown the client's certificate, checked against the authorities; null if it has none
 * @param connection the connection that it shares with other calls; null if it has gone already
 */
record Caller(
        InetSocketAddress address,
        @Nullable TlsState tls,
        @Nullable ShownCertificate shown,
        @Nullable Connection connection) {

    static Caller of(ServerCall<?, ?> call) {
        Attributes attributes = call.getAttributes();
        SocketAddress peer = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (!(peer instanceof InetSocketAddress address)) {
            throw new IllegalStateException("peer: " + peer + " (expected: an Internet address)");
        }
        SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        ShownCertificate shown = session == null ? null : ShownCertificate.of(session);
        TlsState tls = session == null
                ? null
                : new TlsState(
                        session.getProtocol(),
                        session.getCipherSuite(),
                        shown == null ? null : shown.distinguishedName());
        return new Caller(address, tls, shown, attributes.get(Connection.KEY));
    }

    /** Returns whether a secret may come this way: nobody in between can read it. */
    boolean isPrivate() {
        return tls != null || address.getAddress().isLoopbackAddress();
    }

    /** Names the encryption, for the log. */
    String encryption() {
        return tls == null ? "no encryption" : tls.version();
    }
}
