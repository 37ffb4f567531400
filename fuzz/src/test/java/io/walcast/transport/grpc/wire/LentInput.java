// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A message as gRPC hands it out: its buffers can be borrowed, here seven bytes at a time. */
final class LentInput extends ByteArrayInputStream implements KnownLength, Detachable, HasByteBuffer {
    private static final int PIECE_BYTES = 7;

    LentInput(byte[] bytes) {
        super(bytes);
    }

    @Override
    public InputStream detach() {
        LentInput rest = new LentInput(buf);
        rest.pos = pos;
        pos = count;
        return rest;
    }

    @Override
    public boolean byteBufferSupported() {
        return true;
    }

    @Override
    public ByteBuffer getByteBuffer() {
        return ByteBuffer.wrap(buf, pos, Math.min(PIECE_BYTES, count - pos)).slice();
    }
}
