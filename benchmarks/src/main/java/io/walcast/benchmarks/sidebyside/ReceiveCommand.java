// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.postgres.PostgresBinaries;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code side-by-side receive}: {@code pg_receivewal} and {@code walcast receivewal} on the same WAL. */
@Command(
        name = "receive",
        sortOptions = false,
        description = {
            "Has pg_receivewal and walcast receivewal in turn receive the same WAL from the same server of PostgreSQL 15.",
            "",
            "Each gets a slot of its own at the same position, a fresh directory, and the same --endpos; both sync each "
                    + "finished segment. What they left is compared with the server's own files. CPU is that of the whole "
                    + "program, start included. Syncs are counted in one more run, under strace, that is not timed.",
            ""
        })
final class ReceiveCommand implements Callable<Integer> {
    @Option(
            names = "--size",
            defaultValue = "2GB",
            paramLabel = "SIZE",
            description = "WAL to receive (${DEFAULT-VALUE})")
    private ByteSize size;

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
            description = "where to work and to put receive.json, on a real disk (${DEFAULT-VALUE})")
    private Path directory;

    @Option(
            names = "--walcast",
            defaultValue = "${sys:walcast.root}/postmaster/target/walcast/bin/walcast",
            paramLabel = "FILE",
            description = "our program (${DEFAULT-VALUE})")
    private Path walcast;

    @Option(names = "--keep", description = "keep the files that the last run of each received")
    private boolean keep;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (runs < 1) {
            throw new UnavailableException("--runs: " + runs + " (expected: 1 or more)");
        }
        PrintWriter out = spec.commandLine().getOut();
        Programs programs = Programs.find(walcast);
        try (Workspace workspace = Workspace.create(directory, keep)) {
            progress("writing " + size + " of WAL");
            PostgresBinaries server = Programs.server();
            try (WalSource source = WalSource.create(server, workspace.path(), size)) {
                ReceiveReport report = compare(programs, workspace, source);
                report.write(directory.resolve("receive.json"));
                out.print(report.table());
                out.flush();
            }
        }
        return 0;
    }

    private ReceiveReport compare(Programs programs, Workspace workspace, WalSource source) {
        Comparison theirs = new Comparison(programs.theirs(), source, workspace);
        Comparison ours = new Comparison(programs.ours(), source, workspace);
        for (int run = 1; run <= runs; run++) {
            progress("run " + run + " of " + runs);
            // In alternating order, so that neither always comes first after the other.
            for (Comparison next : run % 2 == 1 ? List.of(theirs, ours) : List.of(ours, theirs)) {
                next.runTimed();
            }
        }
        progress("counting syncs");
        SyncCalls syncCalls = new SyncCalls(programs.strace(), workspace.path());
        return new ReceiveReport(
                ReceiveReport.Machine.here(workspace.fileSystem()),
                new ReceiveReport.Range(source.start().toString(), source.end().toString(), source.serverVersion()),
                theirs.finish(syncCalls),
                ours.finish(syncCalls));
    }

    private void progress(String what) {
        spec.commandLine().getErr().println("side-by-side: " + what);
    }
}
