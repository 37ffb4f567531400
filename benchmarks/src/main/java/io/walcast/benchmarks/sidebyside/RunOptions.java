// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every comparison, and what follows from them. */
class RunOptions {
    @Option(
            names = "--runs",
            defaultValue = "3",
            paramLabel = "N",
            description = "timed runs of each (${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--directory",
            defaultValue = "${sys:walcast.root}/benchmarks/target/side-by-side",
            paramLabel = "DIR",
            description = "where to work and to put the figures, on a real disk (${DEFAULT-VALUE})")
    private Path directory;

    @Option(
            names = "--walcast",
            defaultValue = "${sys:walcast.root}/postmaster/target/walcast/bin/walcast",
            paramLabel = "FILE",
            description = "our program (${DEFAULT-VALUE})")
    private Path walcast;

    @Option(names = "--keep", description = "keep the files that were worked on")
    private boolean keep;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Path directory() {
        return directory;
    }

    Path walcast() {
        return walcast;
    }

    boolean keep() {
        return keep;
    }

    /**
     * Checks what the command line's grammar does not.
     *
     * @throws UnavailableException if a number is too small
     */
    void check() {
        requirePositive("--runs", runs);
    }

    static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new UnavailableException(option + ": " + value + " (expected: 1 or more)");
        }
    }

    /** Runs both in turn, in alternating order, so that neither always comes first after the other. */
    void alternate(Runnable theirs, Runnable ours) {
        for (int run = 1; run <= runs; run++) {
            progress("run " + run + " of " + runs);
            (run % 2 == 1 ? theirs : ours).run();
            (run % 2 == 1 ? ours : theirs).run();
        }
    }

    /** Runs all in turn, beginning with another one each time. */
    void rotate(List<Runnable> all) {
        for (int run = 0; run < runs; run++) {
            progress("run " + (run + 1) + " of " + runs);
            for (int i = 0; i < all.size(); i++) {
                all.get((run + i) % all.size()).run();
            }
        }
    }

    void progress(String what) {
        command.commandLine().getErr().println("side-by-side: " + what);
    }

    void print(String table) {
        command.commandLine().getOut().print(table);
        command.commandLine().getOut().flush();
    }
}
