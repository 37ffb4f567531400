// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import java.io.IOException;

/**
 * Decompresses whole messages, one at a time. Holds memory until closed, some of it outside the heap.
 *
 * <p>Threading: one thread at a time. After an exception it is of no use but to be closed.
 */
interface Unpacker extends AutoCloseable {
    /** What {@link #unpack} returns if there is not enough room. */
    int TOO_LARGE = -1;

    /** Returns how many bytes come out of the first {@code length} bytes of {@code from}, as they say; 0 if they do not. */
    long expected(byte[] from, int length);

    /**
     * Decompresses the first {@code length} bytes of {@code from}.
     *
     * @return how many bytes were written at {@code offset} of {@code into}, or {@link #TOO_LARGE} if they would be more than
     *     {@code room}
     * @throws IOException if the bytes are not what they should be
     */
    int unpack(byte[] from, int length, byte[] into, int offset, int room) throws IOException;

    @Override
    void close();
}
