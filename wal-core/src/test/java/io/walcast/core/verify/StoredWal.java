// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalBuilder;
import io.walcast.core.wal.WalPageSource;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** WAL of a {@link WalBuilder} as files of a directory, to be damaged and verified. */
final class StoredWal {
    static final int SEGMENT_BYTES = WalBuilder.SIZE.bytes();

    private final Path directory;

    StoredWal(Path directory) {
        this.directory = directory;
    }

    /** Adds records of all sizes, some of which run over pages and segments, until {@code end} is reached. */
    static void fill(WalBuilder wal, Lsn end, long seed) {
        Random random = new Random(seed);
        while (wal.position().isBefore(end)) {
            int length = random.nextInt(20) == 0 ? 24 + random.nextInt(40_000) : 29 + random.nextInt(300);
            wal.noop(length == 24 || length >= 29 ? length : 29);
        }
    }

    /** Writes segments {@code from} to {@code to}, the last one with {@code suffix} to its name. */
    StoredWal write(WalBuilder wal, TimelineId timeline, int from, int to, String suffix) {
        for (int number = from; number <= to; number++) {
            byte[] segment = new byte[SEGMENT_BYTES];
            wal.at(WalBuilder.SIZE.start(number)).get(segment);
            write(name(timeline, number) + (number == to ? suffix : ""), segment);
        }
        return this;
    }

    void write(String name, byte[] content) {
        try {
            Files.write(directory.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] read(String name) {
        try {
            return Files.readAllBytes(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void flipBit(String name, int offset, int bit) {
        byte[] content = read(name);
        content[offset] ^= (byte) (1 << bit);
        write(name, content);
    }

    WalReport verify() {
        return verify(VerifyOptions.DEFAULT);
    }

    WalReport verify(VerifyOptions options) {
        return WalVerifier.verify(directory, options, VerifyProgress.NONE);
    }

    /** Returns where the WAL in {@code content} ends, read serially from {@code start}. */
    static EndOfWal endOf(WalPageSource content, Lsn start) {
        XLogReader reader = new XLogReader(content, XLogReaderOptions.of(WalBuilder.SIZE));
        reader.beginRead(start);
        return reader.readToEnd();
    }

    /** Returns a source of segments {@code from} on that lie one after the other in {@code wal}. */
    static WalPageSource source(byte[] wal, int from) {
        Lsn first = WalBuilder.SIZE.start(from);
        return (start, into) -> {
            long offset = start.minus(first);
            int count = (int) Math.max(0, Math.min(into.remaining(), wal.length - offset));
            into.put(ByteBuffer.wrap(wal, (int) Math.min(offset, wal.length), count));
            return count;
        };
    }

    static String name(int number) {
        return name(TimelineId.FIRST, number);
    }

    static String name(TimelineId timeline, int number) {
        return new SegmentName(timeline, number).fileName(WalBuilder.SIZE);
    }
}
