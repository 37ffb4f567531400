// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.postmaster.ExitCodes;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code strace} has one sync of the program fail, each in turn, from its first start to behind a segment end: nothing that was to be
 * synced is acknowledged, the program ends and says why, and the next one goes on. By default the errors take turns; {@code
 * -Dwalcast.syncErrors=all} has each of them everywhere.
 */
@RequiresTool(
        value = {"strace"},
        group = "failing syncs")
class SyncFailureIT {
    private static final List<String> ERRORS = List.of("EIO", "ENOSPC", "EDQUOT");
    private static final boolean ALL = "all".equals(System.getProperty("walcast.syncErrors"));
    private static final String SLOT = "kept";
    private static final int WAL_BYTES = 1_300_000;

    @TempDir
    private Path parent;

    private int runs;

    @Test
    @Timeout(600)
    void endsTheProgramWhichAcknowledgesNothingMore() throws IOException {
        try (PostgresServer server = PostgresServer.start(Options.of(18).withWalSegmentSizeMb(1))) {
            server.execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
            Lsn end = WrittenWal.of(server, WAL_BYTES);
            List<TracedSync> syncs = rehearse(server, end);
            Set<TracedSync> failed = new HashSet<>();
            for (int i = 0; i < syncs.size(); i++) {
                if (failed.add(syncs.get(i))) { // strace cannot tell apart those of two threads that are equal
                    Lsn durable = durableAfter(syncs, i, server.segmentSize());
                    for (String error : ALL ? ERRORS : List.of(ERRORS.get(failed.size() % ERRORS.size()))) {
                        fail(server, end, syncs.get(i), error, durable);
                    }
                }
            }
            // The directories, what marks the cluster, two segments beforehand, the end of one, and the end of the
            // stream.
            assertThat(failed).hasSizeGreaterThan(8);
        }
    }

    private List<TracedSync> rehearse(PostgresServer server, Lsn end) throws IOException {
        try (Run run = new Run(server, end)) {
            Tool.Result result = run.traced(List.of());
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(run.tap.maxFlush()).isGreaterThanOrEqualTo(end);
            return run.syncs();
        }
    }

    /**
     * Returns up to where everything is durable, by what was synced: a segment is when its file and then, for its final name,
     * the directory was synced.
     */
    private static Lsn durableAfter(List<TracedSync> syncs, int count, SegmentSize size) {
        Lsn durable = syncs.stream()
                .flatMap(sync -> sync.segment(size).stream())
                .findFirst()
                .orElseThrow()
                .start(size);
        Lsn synced = durable;
        for (TracedSync sync : syncs.subList(0, count)) {
            if (sync.ofDirectory()) {
                durable = synced;
            } else if (sync.ofWal()) {
                synced = sync.segment(size).orElseThrow().next().start(size);
            }
        }
        return durable;
    }

    private void fail(PostgresServer server, Lsn end, TracedSync sync, String error, Lsn durable) throws IOException {
        String what = error + " of " + sync;
        try (Run run = new Run(server, end)) {
            Tool.Result result = run.traced(sync.injection(run.directory, error));

            assertThat(run.syncs()).as(what + "\n" + result.stderr()).anyMatch(TracedSync::failed);
            assertThat(result.exitCode()).as(what + "\n" + result.stderr()).isEqualTo(ExitCodes.STORAGE);
            assertThat(result.stderr()).as(what).contains("error: could not ").contains(TracedSync.text(error));
            assertThat(run.tap.maxFlush()).as(what).isLessThanOrEqualTo(durable);

            try (Receiving next =
                    Receiving.start(Receiving.config(server, run.directory).withSlot(run.slot))) {
                next.awaitFlush(end);
                next.requireSameAs(server, end);
            }
        }
    }

    /** One life of the program in a directory of its own, with a slot that has all the WAL. */
    private final class Run implements AutoCloseable {
        private final PostgresServer server;
        private final Lsn end;
        private final String slot = "run" + ++runs;
        private final Path directory = parent.resolve(slot);
        private final Path trace = parent.resolve(slot + ".trace");
        private final ReplicationTap tap = new ReplicationTap();
        private final MisbehavingProxy proxy;

        Run(PostgresServer server, Lsn end) throws IOException {
            this.server = server;
            this.end = end;
            server.execute("SELECT pg_copy_physical_replication_slot('" + SLOT + "', '" + slot + "')");
            Files.createDirectory(directory);
            this.proxy = MisbehavingProxy.to(server.port(), tap);
        }

        Tool.Result traced(List<String> injection) {
            List<String> arguments = new ArrayList<>(List.of(
                    "-f", "-qq", "-y", "-e", "signal=none", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o"));
            arguments.add(trace.toString());
            arguments.addAll(injection);
            return Program.receivewalUnder("strace", arguments, proxy.port(), directory, options());
        }

        private String[] options() {
            return new String[] {"--slot", slot, "--endpos", end.toString()};
        }

        List<TracedSync> syncs() throws IOException {
            return TracedSync.read(trace, directory);
        }

        @Override
        public void close() {
            proxy.close();
            server.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                    + " WHERE slot_name = '" + slot + "' AND NOT active");
        }
    }
}
