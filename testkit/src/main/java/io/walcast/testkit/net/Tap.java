// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.nio.ByteBuffer;

/**
 * Sees the bytes of each connection of a proxy as their sender sent them, before the proxy does anything to them.
 *
 * <p>The two directions of a connection call from two threads. A tap that throws ends the connection.
 */
public interface Tap {
    /** Sees nothing. */
    Tap NONE = number -> (direction, bytes) -> {};

    /** Returns who sees connection {@code number}; the first is 0. */
    Wire opened(int number);

    /** Sees the bytes of one connection. */
    interface Wire {
        /** Told of bytes read, which are lent until this returns. */
        void seen(Direction direction, ByteBuffer bytes);

        /** Told once that the proxy has ended the connection. */
        default void closed() {}
    }
}
