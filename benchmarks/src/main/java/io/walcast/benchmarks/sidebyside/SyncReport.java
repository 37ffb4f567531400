// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Locale;

/**
 * What {@code side-by-side sync} found.
 *
 * @param machine what it ran on
 * @param server the version of the server whose commits waited
 * @param theirs PostgreSQL's program as its standby
 * @param ours ours
 */
@JsonPropertyOrder({"machine", "server", "theirs", "ours", "tps_ratio_c1", "tps_ratio_c16"})
record SyncReport(Machine machine, String server, Standby theirs, Standby ours) {
    /**
     * One program as the standby.
     *
     * @param program its name
     * @param version what it says of its version
     * @param single one client
     * @param many sixteen clients
     */
    record Standby(
            String program,
            String version,
            @JsonProperty("c1") CommitFigures single,
            @JsonProperty("c16") CommitFigures many) {}

    /** Returns how much faster one client committed to ours: above 1 is better. */
    @JsonProperty("tps_ratio_c1")
    double ratioOfOne() {
        return ratio(ours.single, theirs.single);
    }

    /** Returns how much faster sixteen clients committed to ours: above 1 is better. */
    @JsonProperty("tps_ratio_c16")
    double ratioOfSixteen() {
        return ratio(ours.many, theirs.many);
    }

    private static double ratio(CommitFigures ours, CommitFigures theirs) {
        return JsonReport.ratio(ours.median().tps(), theirs.median().tps());
    }

    /** Returns the report as a table for people. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "pgbench on PostgreSQL %s, which waits for its own disk and for one standby, on %s, medians of %d%n%n",
                server,
                machine.fileSystem(),
                ours.single.runs().size()));
        table.append(String.format(
                Locale.ROOT,
                "%-16s %8s %10s %12s %18s %18s%n",
                "standby",
                "clients",
                "tps",
                "latency_ms",
                "fsyncs_per_commit",
                "cpu_ms_per_commit"));
        for (Standby standby : List.of(theirs, ours)) {
            table.append(row(standby.program, 1, standby.single));
            table.append(row(standby.program, SyncCommand.MANY_CLIENTS, standby.many));
        }
        return table.append(String.format(
                        Locale.ROOT,
                        "%ntps_ratio_c1 %.2f   tps_ratio_c16 %.2f   (ours / theirs)%n",
                        ratioOfOne(),
                        ratioOfSixteen()))
                .toString();
    }

    private static String row(String program, int clients, CommitFigures figures) {
        return String.format(
                Locale.ROOT,
                "%-16s %8d %10.0f %12.3f %18.3f %18.3f%n",
                program,
                clients,
                figures.median().tps(),
                figures.median().latencyMs(),
                figures.fsyncsPerCommit(),
                figures.cpuMsPerCommit());
    }
}
