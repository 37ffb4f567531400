// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/** Counts what waits to be written by its bytes, those in files too, which Netty's own estimator takes for nothing. */
final class ChunkSizeEstimator implements MessageSizeEstimator, MessageSizeEstimator.Handle {
    static final ChunkSizeEstimator INSTANCE = new ChunkSizeEstimator();

    private ChunkSizeEstimator() {}

    @Override
    public Handle newHandle() {
        return this;
    }

    @Override
    public int size(Object message) {
        if (message instanceof ByteBuf buffer) {
            return buffer.readableBytes();
        }
        return message instanceof FileRegion region ? Math.toIntExact(region.count()) : 0;
    }
}
