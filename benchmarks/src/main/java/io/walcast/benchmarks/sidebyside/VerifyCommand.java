// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code side-by-side verify}: {@code pg_waldump --quiet} and {@code walcast verifywal} on the same WAL. */
@Command(
        name = "verify",
        sortOptions = false,
        description = {
            "Has pg_waldump --quiet and walcast verifywal in turn read the same segments of PostgreSQL 15, record by record.",
            "",
            "The WAL is that of inserts and updates of rows, some 100 bytes a record. It is in "
                    + "memory, as the server has just written it. Both read the same range and compute every checksum; "
                    + "time and CPU are those of the whole program, start included.",
            ""
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private WorkOptions options;

    @Override
    public Integer call() throws IOException {
        options.check();
        Path waldump = Programs.pgWaldump();
        Programs.requireWalcast(options.walcast());
        try (Workspace workspace = Workspace.create(options.directory(), options.keep())) {
            options.progress("writing " + options.size() + " of WAL");
            try (WalSource source = WalSource.createOfRows(Programs.server(), workspace.path(), options.size())) {
                VerifyReport report = compare(waldump, workspace, source);
                JsonReport.write(report, options.directory().resolve("verify.json"));
                options.print(report.table());
            }
        }
        return 0;
    }

    private VerifyReport compare(Path waldump, Workspace workspace, WalSource source) {
        Path archive = workspace.freshDirectory("archive");
        source.linkSegments(archive);
        workspace.sync();
        Lsn start = source.start();
        Lsn end = source.end();
        List<String> range = List.of("--start=" + start, "--end=" + end);
        long bytes = end.minus(start);
        VerifyingProgram theirs = new VerifyingProgram(
                "pg_waldump",
                List.of(waldump.toString(), "--quiet", "--path=" + archive),
                range,
                bytes,
                workspace.path());
        VerifyingProgram ours = new VerifyingProgram(
                "walcast",
                List.of(options.walcast().toAbsolutePath().toString(), "verifywal", "--quiet", archive.toString()),
                range,
                bytes,
                workspace.path());
        options.alternate(theirs::runTimed, ours::runTimed);
        return new VerifyReport(
                Machine.here(workspace.fileSystem()), WalRange.of(source), theirs.figures(), ours.figures());
    }
}
