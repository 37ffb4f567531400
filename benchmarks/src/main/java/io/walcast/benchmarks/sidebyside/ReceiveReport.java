// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;

/**
 * What {@code side-by-side receive} found.
 *
 * @param machine what it ran on
 * @param range the WAL that was received
 * @param theirs what PostgreSQL's program took
 * @param ours what ours took
 */
@JsonPropertyOrder({"machine", "range", "theirs", "ours", "throughput_ratio", "cpu_ratio"})
record ReceiveReport(Machine machine, WalRange range, Figures theirs, Figures ours) {
    /** Returns how much faster ours received: above 1 is better. */
    @JsonProperty("throughput_ratio")
    double throughputRatio() {
        return JsonReport.ratio(ours.throughput(), theirs.throughput());
    }

    /** Returns how much more CPU ours took: below 1 is better. */
    @JsonProperty("cpu_ratio")
    double cpuRatio() {
        return JsonReport.ratio(ours.median().cpuS(), theirs.median().cpuS());
    }

    /** Returns the report as a table for people. */
    String table() {
        return String.format(
                        Locale.ROOT,
                        "receive %s to %s (%s) from PostgreSQL %s, onto %s, medians of %d%n%n",
                        range.start(),
                        range.end(),
                        new ByteSize(theirs.bytes()),
                        range.server(),
                        machine.fileSystem(),
                        theirs.runs().size())
                + String.format("%-16s %8s %8s %8s %12s %8s%n", "", "wall_s", "cpu_s", "MB/s", "max_rss_kb", "fsyncs")
                + row(theirs)
                + row(ours)
                + String.format(
                        Locale.ROOT,
                        "%nthroughput_ratio %.2f   cpu_ratio %.2f   (ours / theirs; both equal the server's own files)%n",
                        throughputRatio(),
                        cpuRatio());
    }

    private static String row(Figures figures) {
        return String.format(
                Locale.ROOT,
                "%-16s %8.2f %8.2f %8.0f %12d %8d%n",
                figures.program(),
                figures.median().wallS(),
                figures.median().cpuS(),
                figures.throughput() / JsonReport.MEGABYTE,
                figures.median().maxRssKb(),
                figures.fsyncs());
    }
}
