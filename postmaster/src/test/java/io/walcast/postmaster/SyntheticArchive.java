// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.testkit.SyntheticWal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** An archive that a test fills with finished segments of 1 MB, of timeline 1. One owner thread. */
public final class SyntheticArchive {
    /** Where its first segment starts. */
    public static final Lsn START = Lsn.parse("0/1000000");

    private static final SegmentSize SIZE = new SegmentSize(SegmentSize.MIN_BYTES);
    private static final SyntheticWal WAL =
            new SyntheticWal(new SystemIdentifier(7_000_000_000_000_000_001L), TimelineId.FIRST, SIZE, 1);

    private final Path directory;
    private Lsn end = START;

    /** Makes {@code directory}, whose parent takes what is not finished yet. */
    public SyntheticArchive(Path directory) throws IOException {
        this.directory = Files.createDirectory(directory);
    }

    /** Returns where the segments are. */
    public Path directory() {
        return directory;
    }

    /** Adds a segment and returns its end. */
    public Lsn addSegment() throws IOException {
        Path written = Files.write(directory.resolveSibling("unfinished"), WAL.bytes(end, SIZE.bytes()));
        String name = SegmentName.containing(TimelineId.FIRST, end, SIZE).fileName(SIZE);
        Files.move(written, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        end = end.plus(SIZE.bytes());
        return end;
    }
}
