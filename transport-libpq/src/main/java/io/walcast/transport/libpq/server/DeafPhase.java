// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;

/** Nothing is wanted of the peer for now. */
final class DeafPhase implements Phase {
    static final DeafPhase INSTANCE = new DeafPhase();

    private static final int INPUT_BYTES = 1 << 10;

    private DeafPhase() {}

    @Override
    public boolean take(ByteBuf input) {
        return false;
    }

    @Override
    public int inputLimit() {
        return INPUT_BYTES;
    }
}
