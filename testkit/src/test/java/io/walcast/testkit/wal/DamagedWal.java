// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A directory with real WAL that is damaged and damagedIndex again and again, mostly near its end. Behind the segment that has the
 * end is one of zeros, since {@code pg_waldump} waits long for one that is missing.
 *
 * <p>Threading: one thread; another has a copy of its own.
 */
final class DamagedWal {
    static final SegmentSize SIZE = new SegmentSize(1 << 20);

    private static final int TAIL_BYTES = 64 * 1024;
    private static final int BEHIND_BYTES = 16 * 1024;

    private final Path directory;
    private final List<SegmentName> names;
    private final List<byte[]> sound;
    private final int endOffset;

    /** Which segment is damaged, -1 for none. */
    private int damagedIndex = -1;

    private byte[] content = {};

    /**
     * One case.
     *
     * @param damage what happened
     * @param segment to which segment
     * @param start where to begin reading
     */
    record Case(Damage damage, SegmentName segment, Lsn start) {
        @Override
        public String toString() {
            return "%s of %s, read from %s".formatted(damage, segment.fileName(SIZE), start);
        }
    }

    private DamagedWal(Path directory, List<SegmentName> names, List<byte[]> sound, int endOffset) {
        this.directory = directory;
        this.names = names;
        this.sound = sound;
        this.endOffset = endOffset;
    }

    /** Copies the last {@code segments} segments of a server's WAL into {@code directory}. */
    static DamagedWal copy(PostgresServer server, int segments, Path directory) throws IOException {
        TreeMap<Long, Path> files = new TreeMap<>();
        try (Stream<Path> found = Files.list(server.walDirectory())) {
            found.forEach(file -> SegmentName.parse(file.getFileName().toString(), SIZE)
                    .ifPresent(name -> files.put(name.segmentNumber(), file)));
        }
        Lsn end;
        try (WalFromFiles pages = new WalFromFiles(server.walDirectory(), TimelineId.FIRST, SIZE)) {
            XLogReader reader = new XLogReader(pages, XLogReaderOptions.of(SIZE));
            reader.findNextRecord(SIZE.start(files.firstKey()));
            end = reader.readToEnd().end();
        }
        long last = SIZE.segmentNumber(end);
        List<SegmentName> names = new ArrayList<>();
        List<byte[]> sound = new ArrayList<>();
        for (long number = Math.max(files.firstKey(), last - segments + 1); number <= last; number++) {
            names.add(new SegmentName(TimelineId.FIRST, number));
            sound.add(Files.readAllBytes(files.get(number)));
        }
        return new DamagedWal(directory, names, sound, SIZE.offset(end)).filled();
    }

    /** Returns the same WAL in another directory. */
    DamagedWal in(Path other) throws IOException {
        return new DamagedWal(other, names, sound, endOffset).filled();
    }

    private DamagedWal filled() throws IOException {
        Files.createDirectories(directory);
        for (int i = 0; i < names.size(); i++) {
            Files.write(file(i), sound.get(i));
        }
        SegmentName behind = names.get(names.size() - 1).next();
        Files.write(directory.resolve(behind.fileName(SIZE)), new byte[SIZE.bytes()]);
        return this;
    }

    Path directory() {
        return directory;
    }

    /** Damages the WAL as {@code random} says. */
    Case damage(Random random) throws IOException {
        mend();
        int last = names.size() - 1;
        int index = random.nextInt(4) > 0 ? last : random.nextInt(names.size());
        boolean nearEnd = index == last && random.nextInt(4) > 0;
        int from = nearEnd ? Math.max(0, endOffset - TAIL_BYTES) : 0;
        int to = nearEnd ? Math.min(SIZE.bytes(), endOffset + BEHIND_BYTES) : SIZE.bytes();
        byte[] older = sound.get(random.nextInt(names.size()));
        Damage damage = Damage.of(random);
        byte[] damaged = sound.get(index).clone();
        int times = 1 + random.nextInt(2) * random.nextInt(3);
        Damage.Place place = new Damage.Place(from, to, older, random);
        for (int i = 0; i < times && damaged.length == SIZE.bytes(); i++) {
            damaged = damage.apply(damaged, place);
        }
        damagedIndex = index;
        write(damaged, sound.get(index));
        int first = Math.max(0, index - random.nextInt(2));
        return new Case(damage, names.get(index), names.get(first).start(SIZE));
    }

    /** Undoes the damage. */
    void mend() throws IOException {
        if (damagedIndex >= 0) {
            write(sound.get(damagedIndex), content);
            damagedIndex = -1;
        }
    }

    /** Makes the segment that is damaged hold {@code bytes}, where it holds {@code before}: only what differs is written. */
    private void write(byte[] bytes, byte[] before) throws IOException {
        content = bytes;
        int from = Math.max(0, Arrays.mismatch(bytes, before));
        int to = bytes.length;
        while (to > from && to <= before.length && bytes[to - 1] == before[to - 1]) {
            to--;
        }
        try (FileChannel file = FileChannel.open(file(damagedIndex), StandardOpenOption.WRITE)) {
            ByteBuffer difference = ByteBuffer.wrap(bytes, from, to - from);
            while (difference.hasRemaining()) {
                file.write(difference, difference.position());
            }
            file.truncate(bytes.length);
        }
    }

    private Path file(int index) {
        return directory.resolve(names.get(index).fileName(SIZE));
    }
}
