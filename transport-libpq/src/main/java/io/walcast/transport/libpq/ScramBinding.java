// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.tls.ServerEndPoint;
import io.walcast.transport.libpq.AuthSettings.ChannelBinding;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a SCRAM exchange says about channel binding (RFC 5802, section 6). Immutable. */
final class ScramBinding {
    /** The client has no channel binding. */
    static final ScramBinding NOT_SUPPORTED = new ScramBinding("n,,", new byte[0]);

    /** The client has it, but thinks that the server has not. */
    static final ScramBinding NOT_OFFERED = new ScramBinding("y,,", new byte[0]);

    private final String header;
    private final byte[] data;

    private ScramBinding(String header, byte[] data) {
        this.header = header;
        this.data = data;
    }

    /** Returns a binding to the certificate with this hash. */
    static ScramBinding toEndPoint(byte[] hash) {
        return new ScramBinding("p=" + ServerEndPoint.NAME + ",,", hash.clone());
    }

    /** Returns the GS2 header and the binding's data, as they go into client-final. */
    byte[] input() {
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        byte[] input = Arrays.copyOf(start, start.length + data.length);
        System.arraycopy(data, 0, input, start.length, data.length);
        return input;
    }

    /** Returns the GS2 header. */
    String header() {
        return header;
    }

    boolean isBound() {
        return data.length > 0;
    }

    /** Decides by what is wanted here, what TLS gives and what the server offers; fails rather than bind less. */
    static ScramBinding choose(
            ChannelBinding wanted, @Nullable TlsSession tls, boolean scramOffered, boolean plusOffered) {
        if (plusOffered && tls == null) {
            throw new ProtocolViolationException(
                    "server offered SCRAM-SHA-256-PLUS authentication over a non-SSL connection");
        }
        if (wanted == ChannelBinding.REQUIRE && tls == null) {
            throw Authentication.refused("channel binding required, but SSL not in use");
        }
        if (wanted == ChannelBinding.REQUIRE && !plusOffered) {
            throw Authentication.refused("channel binding is required, but server did not offer an authentication"
                    + " method that supports channel binding");
        }
        if (tls == null || wanted == ChannelBinding.DISABLE) {
            return unbound(NOT_SUPPORTED, scramOffered);
        }
        byte[] hash = ServerEndPoint.hash(tls.serverCertificate());
        if (hash == null) {
            if (wanted == ChannelBinding.REQUIRE) {
                throw noBindingData(tls);
            }
            return unbound(NOT_SUPPORTED, scramOffered);
        }
        return plusOffered ? toEndPoint(hash) : unbound(NOT_OFFERED, scramOffered);
    }

    private static ScramBinding unbound(ScramBinding binding, boolean scramOffered) {
        if (!scramOffered) {
            throw Authentication.refused("none of the server's SASL authentication mechanisms are supported");
        }
        return binding;
    }

    private static ConnectionException noBindingData(TlsSession tls) {
        return Authentication.refused("no channel-binding data for certificate algorithm "
                + tls.serverCertificate().getSigAlgName());
    }
}
