// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import java.nio.ByteBuffer;

/** The messages of one direction of a call, out of frames that may end anywhere. Only the first field of each is looked at. */
final class Messages {
    private static final int HEADER_BYTES = 5;

    private ByteBuffer bytes = ByteBuffer.allocate(0);

    void add(ByteBuffer data) {
        ByteBuffer more = ByteBuffer.allocate(bytes.remaining() + data.remaining());
        bytes = more.put(bytes).put(data).flip();
    }

    /** Returns whether one is there as a whole. */
    boolean hasNext() {
        return bytes.remaining() >= HEADER_BYTES && bytes.remaining() >= HEADER_BYTES + length();
    }

    private int length() {
        return bytes.getInt(bytes.position() + 1);
    }

    /** Returns the number of the first field of the next one. */
    int next() {
        int end = bytes.position() + HEADER_BYTES + length();
        int tag = length() == 0 ? 0 : bytes.get(bytes.position() + HEADER_BYTES) & 0xFF;
        bytes.position(end);
        return tag >>> 3;
    }
}
