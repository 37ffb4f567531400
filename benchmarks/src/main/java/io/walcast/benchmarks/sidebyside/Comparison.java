// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.WalFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runs of one receiver over the WAL of one source. */
final class Comparison {
    private final Receiver receiver;
    private final WalSource source;
    private final Workspace workspace;
    private final MeasuredProgram program;
    private final List<Usage> timed = new ArrayList<>();

    Comparison(Receiver receiver, WalSource source, Workspace workspace) {
        this.receiver = receiver;
        this.source = source;
        this.workspace = workspace;
        program = new MeasuredProgram(workspace.path());
    }

    /** Runs once more and keeps the figures. */
    void runTimed() {
        timed.add(run(null));
    }

    /** Counts syncs in a last run and returns all figures. */
    Figures finish(SyncCalls syncCalls) {
        run(syncCalls);
        return Figures.of(receiver, receiver.version(), bytes(), syncCalls.count(), timed);
    }

    private Usage run(@Nullable SyncCalls syncCalls) {
        Path directory = workspace.freshDirectory(receiver.label());
        String slot = receiver.label().replace('-', '_');
        Lsn end = source.end();
        source.createSlot(slot);
        try {
            workspace.sync();
            List<String> command = receiver.command(directory, source.conninfo(), slot, end);
            Usage usage =
                    program.run(syncCalls == null ? command : syncCalls.counting(command), Receiver.timeoutS(bytes()));
            requireEqual(directory, end);
            return usage;
        } finally {
            source.dropSlot(slot);
        }
    }

    private void requireEqual(Path directory, Lsn end) {
        WalFiles.Comparison comparison = WalFiles.compare(directory, source.server(), end);
        if (!comparison.isEqual() || comparison.bytes() < bytes()) {
            throw new MeasurementException("%s: %d bytes compared (expected: %d), differences: %s"
                    .formatted(receiver.label(), comparison.bytes(), bytes(), comparison.differences()));
        }
    }

    private long bytes() {
        return source.end().minus(source.start());
    }
}
