// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code side-by-side send} or {@code fanout} found.
 *
 * @param machine what it ran on
 * @param range the WAL that each client got
 * @param clients how many clients there were at once
 * @param theirs what PostgreSQL took to serve
 * @param ours what ours took
 */
@JsonPropertyOrder({
    "machine",
    "range",
    "clients",
    "theirs",
    "ours",
    "throughput_ratio",
    "server_cpu_ratio",
    "server_cpu_ratio_with_start"
})
record ServingReport(Machine machine, WalRange range, int clients, ServingFigures theirs, ServingFigures ours) {

    /** Returns how much faster all clients of ours were: above 1 is better. */
    @JsonProperty("throughput_ratio")
    double throughputRatio() {
        return JsonReport.ratio(ours.throughput(), theirs.throughput());
    }

    /** Returns how much more CPU our server took: below 1 is better. */
    @JsonProperty("server_cpu_ratio")
    double serverCpuRatio() {
        return JsonReport.ratio(ours.median().cpuS(), theirs.median().cpuS());
    }

    /** Returns the same with the start of our server and its first run, in which it compiles itself. */
    @JsonProperty("server_cpu_ratio_with_start")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable
    Double serverCpuRatioWithStart() {
        Double start = ours.startCpuS();
        Usage first = ours.firstRun();
        if (start == null || first == null) {
            return null;
        }
        return JsonReport.ratio(start + first.cpuS(), theirs.median().cpuS());
    }

    /** Returns the report as a table for people. */
    String table() {
        Double withStart = serverCpuRatioWithStart();
        return String.format(
                        Locale.ROOT,
                        "%d client%s, each %s to %s (WAL of PostgreSQL %s), on %s, medians of %d%n%n",
                        clients,
                        clients == 1 ? "" : "s",
                        range.start(),
                        range.end(),
                        range.server(),
                        machine.fileSystem(),
                        theirs.runs().size())
                + String.format(
                        "%-16s %8s %12s %8s %12s %20s%n",
                        "", "wall_s", "server_cpu_s", "MB/s", "max_rss_kb", "rss_per_session_kb")
                + row(theirs)
                + row(ours)
                + String.format(
                        Locale.ROOT,
                        "%nthroughput_ratio %.2f   server_cpu_ratio %.2f%s   (ours / theirs)%n",
                        throughputRatio(),
                        serverCpuRatio(),
                        withStart == null ? "" : " (%s with its start and first run)".formatted(withStart));
    }

    private static String row(ServingFigures figures) {
        return String.format(
                Locale.ROOT,
                "%-16s %8.2f %12.2f %8.0f %12d %20s%n",
                figures.program(),
                figures.median().wallS(),
                figures.median().cpuS(),
                figures.throughput() / JsonReport.MEGABYTE,
                figures.median().maxRssKb(),
                figures.rssPerSessionKb() == null ? "-" : figures.rssPerSessionKb());
    }
}
