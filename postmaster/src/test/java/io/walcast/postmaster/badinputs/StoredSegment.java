// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The segment that a receiver under test has, or must have, whatever its primary does. */
final class StoredSegment {
    private StoredSegment() {}

    /** Writes the segment at {@code start}, unfinished, as an earlier receiver left it. */
    static void write(Path directory, Lsn start) throws IOException {
        byte[] wal = HostilePrimary.WAL.bytes(start, 100_000);
        Files.write(directory.resolve(name(start) + ".partial"), Arrays.copyOf(wal, HostilePrimary.SIZE.bytes()));
    }

    /** Checks that the segment at {@code start} holds good WAL up to {@code end}, and zeros after it. */
    static void requireHolds(Path directory, Lsn start, Lsn end) throws IOException {
        Path file = directory.resolve(name(start));
        byte[] stored = Files.readAllBytes(Files.exists(file) ? file : directory.resolve(name(start) + ".partial"));
        byte[] wal = HostilePrimary.WAL.bytes(start, (int) end.minus(start));
        if (Arrays.mismatch(stored, 0, wal.length, wal, 0, wal.length) >= 0) {
            throw new IllegalStateException(file + ": its bytes were changed");
        }
    }

    /** Returns whether the segment at {@code start} is kept as an unfinished one. */
    static boolean isUnfinished(Path directory, Lsn start) {
        return Files.exists(directory.resolve(name(start) + ".partial"));
    }

    private static String name(Lsn start) {
        return SegmentName.containing(TimelineId.FIRST, start, HostilePrimary.SIZE)
                .fileName(HostilePrimary.SIZE);
    }
}
