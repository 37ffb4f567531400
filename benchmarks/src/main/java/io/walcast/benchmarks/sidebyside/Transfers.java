// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runs between the same two ends. */
final class Transfers {
    private final TransferEnds ends;
    private final ReceivedRange received;
    private final MeasuredProgram program;
    private final List<String> command;
    private final List<TransferUsage> timed = new ArrayList<>();
    private @Nullable TransferUsage first;

    /** Prepares them, with or without syncing of what is received. */
    Transfers(TransferEnds ends, WalSource source, Workspace workspace, boolean syncs) {
        this.ends = ends;
        received = new ReceivedRange(source, workspace);
        program = new MeasuredProgram(workspace.path());
        Path directory = received.directory();
        Lsn end = source.end();
        command = syncs
                ? ends.receiver().commandWithoutSlot(directory, ends.conninfo(), end)
                : ends.receiver().commandWithoutSync(directory, ends.conninfo(), end);
    }

    /** Runs for the first time and keeps the figures apart: those of a server that has not served so yet. */
    void runFirst() {
        first = measured();
    }

    /** Runs once more and keeps the figures. */
    void runTimed() {
        timed.add(measured());
    }

    private TransferUsage measured() {
        received.prepare();
        WalServer server = ends.server();
        server.awaitIdle();
        double before = server.cpuS();
        Usage client = program.run(command, Receiver.timeoutS(received.bytes()));
        server.awaitIdle();
        TransferUsage usage = TransferUsage.of(client, server.cpuS() - before);
        received.verify(ends.label());
        return usage;
    }

    /** Returns all figures. */
    TransferFigures finish() {
        return new TransferFigures(
                ends.label(),
                ends.server().version(),
                ends.receiver().version(),
                TransferUsage.median(timed),
                received.bytes(),
                first,
                timed);
    }
}
