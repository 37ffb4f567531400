// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message that begins a connection, which has no tag: a request for encryption or to cancel, or the startup itself.
 *
 * @param code the protocol version, or the number of the request
 * @param body what follows the code, read-only
 */
public record StartupMessage(int code, ByteBuffer body) {
    /** The code of a request to cancel. */
    public static final int CANCEL_REQUEST = 80877102;

    /** The code of a request for TLS. */
    public static final int SSL_REQUEST = 80877103;

    /** The code of a request for GSSAPI encryption. */
    public static final int GSS_REQUEST = 80877104;

    /** Checks the components. */
    public StartupMessage {
        requireNonNull(body, "body");
    }

    /** Returns a view of the body, from its beginning. */
    @Override
    public ByteBuffer body() {
        return body.duplicate();
    }

    /** Returns whether it asks for encryption, and the startup is still to come. */
    public boolean asksForEncryption() {
        return code == SSL_REQUEST || code == GSS_REQUEST;
    }

    /** Returns the parameters of a startup, in their order. */
    public Map<String, String> parameters() {
        String[] words = StandardCharsets.UTF_8.decode(body()).toString().split("\0", -1);
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i + 1 < words.length && !words[i].isEmpty(); i += 2) {
            parameters.put(words[i], words[i + 1]);
        }
        return parameters;
    }
}
