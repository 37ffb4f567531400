// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
    @Mixin
    private WorkOptions options;

    @Override
    public Integer call() throws IOException {
        options.check();
        Programs programs = Programs.find(options.walcast());
        try (Workspace workspace = Workspace.create(options.directory(), options.keep())) {
            options.progress("writing " + options.size() + " of WAL");
            try (WalSource source = WalSource.create(Programs.server(), workspace.path(), options.size())) {
                ReceiveReport report = compare(programs, workspace, source);
                JsonReport.write(report, options.directory().resolve("receive.json"));
                options.print(report.table());
            }
        }
        return 0;
    }

    private ReceiveReport compare(Programs programs, Workspace workspace, WalSource source) {
        Comparison theirs = new Comparison(programs.theirs(), source, workspace);
        Comparison ours = new Comparison(programs.ours(), source, workspace);
        options.alternate(theirs::runTimed, ours::runTimed);
        options.progress("counting syncs");
        SyncCalls syncCalls = new SyncCalls(programs.strace(), workspace.path());
        return new ReceiveReport(
                Machine.here(workspace.fileSystem()),
                WalRange.of(source),
                theirs.finish(syncCalls),
                ours.finish(syncCalls));
    }
}
