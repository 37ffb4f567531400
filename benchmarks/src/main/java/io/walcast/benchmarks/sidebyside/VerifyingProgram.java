// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The runs of one program that reads a range of WAL. */
final class VerifyingProgram {
    private final String label;
    private final List<String> command;
    private final long bytes;
    private final MeasuredProgram program;
    private final List<Usage> timed = new ArrayList<>();

    VerifyingProgram(String label, List<String> command, List<String> range, long bytes, Path scratch) {
        this.label = label;
        List<String> all = new ArrayList<>(command);
        all.addAll(range);
        this.command = List.copyOf(all);
        this.bytes = bytes;
        program = new MeasuredProgram(scratch);
    }

    /** Runs once more and keeps the figures; it must find nothing wrong. */
    void runTimed() {
        timed.add(program.run(command, Receiver.timeoutS(bytes)));
    }

    VerifyReport.Figures figures() {
        String version = new Receiver(label, List.of(command.get(0))).version();
        return new VerifyReport.Figures(label, version, Usage.median(timed), bytes, timed);
    }
}
