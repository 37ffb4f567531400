// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.WalFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One receiver as the one synchronous standby of a server, for a number of clients; started anew for each run. */
final class SyncStandby {
    /** Its name at the server, which waits for whoever has it. */
    static final String NAME = "side_by_side";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double MS_PER_S = 1e3;
    private static final String STATE = "SELECT count(*) = %d FROM pg_stat_replication WHERE sync_state = 'sync'";
    private static final String FLUSHED =
            "SELECT flush_lsn FROM pg_stat_replication WHERE application_name = '" + NAME + "'";

    private final Receiver receiver;
    private final PostgresServer server;
    private final Pgbench pgbench;
    private final Workspace workspace;
    private final int clients;
    private final int seconds;
    private final List<CommitRate> timed = new ArrayList<>();
    private final List<Double> cpuMsPerCommit = new ArrayList<>();

    SyncStandby(Receiver receiver, SyncServer server, Workspace workspace, int clients, int seconds) {
        this.receiver = receiver;
        this.server = server.postgres();
        this.pgbench = server.pgbench();
        this.workspace = workspace;
        this.clients = clients;
        this.seconds = seconds;
    }

    /** Runs once more and keeps the figures. A shorter run before it is not measured: a standby runs for months. */
    void runTimed() {
        run(List.of(), running -> {
            pgbench.run(clients, Math.max(1, seconds / 3));
            double before = ProcessTimes.of(running.pid()).ownS();
            CommitRate rate = pgbench.run(clients, seconds);
            double cpuS = ProcessTimes.of(running.pid()).ownS() - before;
            timed.add(rate);
            cpuMsPerCommit.add(cpuS * MS_PER_S / rate.transactions());
        });
    }

    /** Counts syncs in a last run and returns all figures. */
    CommitFigures finish(SyncCalls syncCalls) {
        List<CommitRate> counted = new ArrayList<>();
        run(syncCalls.counting(List.of()), running -> counted.add(pgbench.run(clients, seconds)));
        double syncs = syncCalls.count();
        double commits = counted.get(0).transactions();
        return new CommitFigures(
                CommitRate.median(timed),
                Usage.rounded(Usage.middle(cpuMsPerCommit.stream().mapToDouble(Double::doubleValue))),
                JsonReport.ratio(syncs, commits),
                timed);
    }

    private void run(List<String> tracer, Consumer<Tool.Running> work) {
        Path directory = workspace.freshDirectory(receiver.label());
        String slot = receiver.label().replace('-', '_');
        server.execute("CHECKPOINT", "SELECT pg_create_physical_replication_slot('" + slot + "', true)");
        workspace.sync();
        List<String> command = new ArrayList<>(tracer);
        command.addAll(receiver.commandOfStandby(directory, server.conninfo("application_name=" + NAME), slot));
        Tool program = Tool.of(Path.of(command.get(0)));
        try (Tool.Running running = program.start(command.stream().skip(1).toArray(String[]::new))) {
            server.await(STATE.formatted(1), PATIENCE);
            work.accept(running);
            requireEqual(directory);
            stop(running, tracer.isEmpty());
        }
        server.await(STATE.formatted(0), PATIENCE);
        server.execute("SELECT pg_drop_replication_slot('" + slot + "')");
    }

    /** Ends the program itself and not who watches it, who then still has to tell what it saw. */
    private static void stop(Tool.Running running, boolean isUnwatched) {
        if (isUnwatched) {
            running.terminate();
        } else {
            try (Stream<ProcessHandle> watched =
                    ProcessHandle.of(running.pid()).stream().flatMap(ProcessHandle::children)) {
                watched.forEach(ProcessHandle::destroy);
            }
        }
        running.await(PATIENCE);
    }

    private void requireEqual(Path directory) {
        Lsn flushed = Lsn.parse(requireNonNull(server.query(FLUSHED), "flush_lsn"));
        WalFiles.Comparison comparison = WalFiles.compare(directory, server, flushed);
        if (!comparison.isEqual()) {
            throw new MeasurementException("%s: differences: %s".formatted(receiver.label(), comparison.differences()));
        }
    }
}
