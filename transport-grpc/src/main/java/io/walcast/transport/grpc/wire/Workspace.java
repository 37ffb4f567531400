// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import org.jspecify.annotations.Nullable;

/**
 * What compressing or decompressing one message needs: whoever does it, and room on both sides, which grows to the largest
 * message that came.
 *
 * <p>Threading: one thread at a time.
 */
final class Workspace<T extends AutoCloseable> {
    private static final byte[] NOTHING = {};
    private static final int STEP_BYTES = 4 << 10;

    final T worker;
    byte[] in = NOTHING;
    byte[] out = NOTHING;

    Workspace(T worker) {
        this.worker = worker;
    }

    /** Makes {@link #in} at least this large, keeping its first {@code kept} bytes. */
    void needIn(int bytes, int kept) {
        byte[] larger = larger(in, bytes);
        if (larger != null) {
            System.arraycopy(in, 0, larger, 0, kept);
            in = larger;
        }
    }

    /** Makes {@link #out} at least this large. */
    void needOut(int bytes) {
        byte[] larger = larger(out, bytes);
        out = larger == null ? out : larger;
    }

    private static byte @Nullable [] larger(byte[] array, int bytes) {
        return bytes <= array.length ? null : new byte[(bytes + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES];
    }
}
