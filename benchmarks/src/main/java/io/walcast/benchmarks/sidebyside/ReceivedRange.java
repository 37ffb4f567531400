// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory in which receivers without a slot store the range of a source, one after the other. */
final class ReceivedRange {
    private static final String DIRECTORY = "received";
    private static final String PARTIAL = ".partial";

    private final WalSource source;
    private final Workspace workspace;
    private final Path directory;

    ReceivedRange(WalSource source, Workspace workspace) {
        this.source = source;
        this.workspace = workspace;
        directory = workspace.path().resolve(DIRECTORY);
    }

    Path directory() {
        return directory;
    }

    /** Leaves an unfinished segment in an empty directory: the receiver begins anew with that one. */
    void prepare() {
        workspace.freshDirectory(DIRECTORY);
        String first = source.firstSegment().fileName(source.server().segmentSize());
        try {
            Files.createFile(directory.resolve(first + PARTIAL));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        workspace.sync();
    }

    /**
     * Compares what came with the server's own files.
     *
     * @param sender what it came from
     * @throws MeasurementException if it is not equal, or not all
     */
    void verify(String sender) {
        Lsn end = source.end();
        WalFiles.Comparison comparison = WalFiles.compare(directory, source.server(), end);
        if (!comparison.isEqual() || comparison.bytes() < bytes()) {
            throw new MeasurementException("from %s: %d bytes compared (expected: %d), differences: %s"
                    .formatted(sender, comparison.bytes(), bytes(), comparison.differences()));
        }
    }

    long bytes() {
        return source.end().minus(source.start());
    }
}
