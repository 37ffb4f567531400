// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

/**
 * Compresses whole messages, one at a time. Holds memory until closed, some of it outside the heap.
 *
 * <p>Threading: one thread at a time. After an exception it is of no use but to be closed.
 */
interface Packer extends AutoCloseable {

    /** Returns how many bytes {@code length} bytes take at most. */
    int bound(int length);

    /**
     * Compresses the first {@code length} bytes of {@code from}.
     *
     * @param into as large as {@link #bound} says
     * @return how many bytes were written to the front of {@code into}
     */
    int pack(byte[] from, int length, byte[] into, int level);

    @Override
    void close();
}
