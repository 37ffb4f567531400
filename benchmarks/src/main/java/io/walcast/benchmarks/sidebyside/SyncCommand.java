// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code side-by-side sync}: {@code pg_receivewal} and {@code walcast receivewal} as the standby that commits wait for. */
@Command(
        name = "sync",
        sortOptions = false,
        description = {
            "Lets pgbench commit to PostgreSQL 15 while pg_receivewal or walcast receivewal is its one synchronous standby.",
            "",
            "Both run with --synchronous and a slot of their own in a fresh directory on the same disk as the server, which "
                    + "syncs too. One client and sixteen, simple-update, in alternating order. Before each measured run the "
                    + "same program serves a third of its time that is not measured. What it left is compared with the "
                    + "server's own files up to what it has acknowledged. Syncs are counted in one more run, under strace, "
                    + "that is not timed.",
            ""
        })
final class SyncCommand implements Callable<Integer> {
    static final int MANY_CLIENTS = 16;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "N",
            description = "how long each measured run takes (${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--scale",
            defaultValue = "16",
            paramLabel = "N",
            description = "pgbench's scale factor (${DEFAULT-VALUE})")
    private int scale;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() throws IOException {
        options.check();
        RunOptions.requirePositive("--seconds", seconds);
        RunOptions.requirePositive("--scale", scale);
        Programs programs = Programs.find(options.walcast());
        try (Workspace workspace = Workspace.create(options.directory(), options.keep())) {
            options.progress("making the tables of pgbench");
            try (SyncServer server = SyncServer.start(Programs.server(), workspace.path(), scale)) {
                SyncReport report = compare(programs, workspace, server);
                JsonReport.write(report, options.directory().resolve("sync.json"));
                options.print(report.table());
            }
        }
        return 0;
    }

    private SyncReport compare(Programs programs, Workspace workspace, SyncServer server) {
        SyncCalls syncCalls = new SyncCalls(programs.strace(), workspace.path());
        List<CommitFigures> single = compare(programs, workspace, server, syncCalls, 1);
        List<CommitFigures> many = compare(programs, workspace, server, syncCalls, MANY_CLIENTS);
        return new SyncReport(
                Machine.here(workspace.fileSystem()),
                requireNonNull(server.postgres().query("SHOW server_version"), "server_version"),
                standby(programs.theirs(), single.get(0), many.get(0)),
                standby(programs.ours(), single.get(1), many.get(1)));
    }

    /** Returns theirs, then ours. */
    private List<CommitFigures> compare(
            Programs programs, Workspace workspace, SyncServer server, SyncCalls syncCalls, int clients) {
        options.progress(clients == 1 ? "one client" : clients + " clients");
        SyncStandby theirs = new SyncStandby(programs.theirs(), server, workspace, clients, seconds);
        SyncStandby ours = new SyncStandby(programs.ours(), server, workspace, clients, seconds);
        options.alternate(theirs::runTimed, ours::runTimed);
        options.progress("counting syncs");
        return List.of(theirs.finish(syncCalls), ours.finish(syncCalls));
    }

    private static SyncReport.Standby standby(Receiver receiver, CommitFigures single, CommitFigures many) {
        return new SyncReport.Standby(receiver.label(), receiver.version(), single, many);
    }
}
