// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Bytes that depend on their position and look like WAL where it matters: a long page header begins each segment. */
final class TestWal {
    static final SegmentSize SIZE = new SegmentSize(1 << 20);
    static final long SYSTEM_IDENTIFIER = 7_300_000_000_000_000_001L;

    private TestWal() {}

    static ByteBuffer bytes(Lsn from, int length) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            bytes.put(i, at(from.value() + i));
        }
        return bytes;
    }

    static byte at(long position) {
        int offset = (int) (position & (SIZE.bytes() - 1));
        if (offset < 40) {
            return header(position - offset).get(offset);
        }
        return (byte) (position * 31 + (position >>> 13) | 1);
    }

    static ByteBuffer header(long start) {
        return ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) 0xD110)
                .putShort(2, (short) 2)
                .putInt(4, 1)
                .putLong(8, start)
                .putLong(24, SYSTEM_IDENTIFIER)
                .putInt(32, SIZE.bytes())
                .putInt(36, 8192);
    }

    /** Returns the names in {@code directory}, sorted, without {@code .walcast}. */
    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(".walcast"))
                    .sorted()
                    .toList();
        }
    }
}
