// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Locale;

/**
 * What {@code side-by-side verify} found.
 *
 * @param machine what it ran on
 * @param range the WAL that was read
 * @param theirs what PostgreSQL's program took
 * @param ours what ours took
 */
@JsonPropertyOrder({"machine", "range", "theirs", "ours", "throughput_ratio", "cpu_ratio"})
record VerifyReport(Machine machine, WalRange range, Figures theirs, Figures ours) {

    /**
     * What one program took.
     *
     * @param program its name
     * @param version what it says of its version
     * @param median of {@code runs}, each component by itself
     * @param bytes how much WAL it read
     * @param runs every timed run, in order
     */
    record Figures(
            String program, String version, @JsonUnwrapped Usage median, long bytes, List<Usage> runs) {
        Figures {
            runs = List.copyOf(runs);
        }

        /** Returns bytes read in a second. */
        @JsonProperty("bytes_per_s")
        double throughput() {
            return bytes / median.wallS();
        }
    }

    /** Returns how much faster ours read: above 1 is better. */
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
                        "verify %s to %s (%s) of PostgreSQL %s, medians of %d%n%n",
                        range.start(),
                        range.end(),
                        new ByteSize(theirs.bytes()),
                        range.server(),
                        theirs.runs().size())
                + String.format("%-16s %8s %8s %8s %12s%n", "", "wall_s", "cpu_s", "MB/s", "max_rss_kb")
                + row(theirs)
                + row(ours)
                + String.format(
                        Locale.ROOT,
                        "%nthroughput_ratio %.2f   cpu_ratio %.2f   (ours / theirs)%n",
                        throughputRatio(),
                        cpuRatio());
    }

    private static String row(Figures figures) {
        return String.format(
                Locale.ROOT,
                "%-16s %8.2f %8.2f %8.0f %12d%n",
                figures.program(),
                figures.median().wallS(),
                figures.median().cpuS(),
                figures.throughput() / JsonReport.MEGABYTE,
                figures.median().maxRssKb());
    }
}
