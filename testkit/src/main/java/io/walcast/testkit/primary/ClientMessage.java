// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import static java.util.Objects.requireNonNull;

import io.walcast.testkit.net.StandbyStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message of the client, after its startup.
 *
 * @param tag the message type: 'Q', 'd', 'c', 'p', 'X', …
 * @param body what follows the length, read-only
 * @param seenNanos {@link System#nanoTime} when it was read
 */
public record ClientMessage(char tag, ByteBuffer body, long seenNanos) {
    /** Checks the components. */
    public ClientMessage {
        requireNonNull(body, "body");
    }

    /** Returns a view of the body, from its beginning. */
    @Override
    public ByteBuffer body() {
        return body.duplicate();
    }

    /** Returns the body as text, without the zero byte at its end if there is one. */
    public String text() {
        String text = StandardCharsets.UTF_8.decode(body()).toString();
        return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
    }

    /** Returns the status update that this is, if it is one. */
    public Optional<StandbyStatus> status() {
        return tag == 'd' ? StandbyStatus.parse(body()) : Optional.empty();
    }

    @Override
    public String toString() {
        return "'%c' with %d bytes%s".formatted(tag, body.remaining(), tag == 'Q' ? ": " + text() : "");
    }
}
