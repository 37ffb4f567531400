// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks in memory, the least recently used first. There are never more than a fixed number and those on lease
 * together: one that is given back beyond that number is forgotten, if nobody else has it, and its memory kept for the next.
 *
 * <p>Threading: any thread.
 */
final class SharedBlocks {
    private static final float LOAD_FACTOR = 0.75f;

    private final Object lock = new Object();
    private final int maxBlocks;

    @GuardedBy("lock")
    private final Map<Place, SharedBlock> blocks;

    /** Memory of blocks that were forgotten, for the next ones: at most as much as is kept. */
    @GuardedBy("lock")
    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();

    SharedBlocks(int maxBlocks) {
        this.maxBlocks = maxBlocks;
        this.blocks = new LinkedHashMap<>(2 * maxBlocks, LOAD_FACTOR, true);
    }

    /** Which block: of that very opening of a segment, since another file may have taken its name since. */
    private record Place(OpenSegment segment, int start) {}

    /** Returns the block that begins at {@code start}, on lease. */
    SharedBlock lease(OpenSegment segment, int start) {
        Place place = new Place(segment, start);
        synchronized (lock) {
            SharedBlock block = blocks.get(place);
            if (block == null) {
                block = new SharedBlock(segment, start, memory());
                blocks.put(place, block);
            }
            block.leases++;
            return block;
        }
    }

    void release(SharedBlock block) {
        synchronized (lock) {
            block.leases--;
            if (block.leases == 0 && blocks.size() > maxBlocks) {
                blocks.remove(new Place(block.segment, block.start));
                if (spare.size() < maxBlocks) {
                    spare.add(block.bytes());
                }
            }
        }
    }

    @GuardedBy("lock")
    private ByteBuffer memory() {
        ByteBuffer bytes = blocks.size() < maxBlocks ? null : removeIdle();
        if (bytes == null) {
            bytes = spare.poll();
        }
        return bytes == null ? ByteBuffer.allocateDirect(SharedBlock.BYTES) : bytes;
    }

    @GuardedBy("lock")
    private @Nullable ByteBuffer removeIdle() {
        for (Iterator<SharedBlock> all = blocks.values().iterator(); all.hasNext(); ) {
            SharedBlock block = all.next();
            if (block.leases == 0) {
                all.remove();
                return block.bytes();
            }
        }
        return null;
    }

    /** Returns how many blocks there are. */
    int size() {
        synchronized (lock) {
            return blocks.size();
        }
    }
}
