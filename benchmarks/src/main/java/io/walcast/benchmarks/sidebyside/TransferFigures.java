// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What transfers from one end to another took.
 *
 * @param label which ends
 * @param server what the sending program says of its version
 * @param client what the receiving program says of its version
 * @param median of {@code runs}, each component by itself
 * @param bytes how much WAL was received in a run
 * @param firstRun the run before the others, which has no part in the medians; null if there was none
 * @param runs every other run, in order
 */
record TransferFigures(
        @JsonProperty("transfer") String label,
        String server,
        String client,
        @JsonUnwrapped TransferUsage median,
        long bytes,

        @JsonProperty("first_run") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        TransferUsage firstRun,

        List<TransferUsage> runs) {
    private static final double GIGABYTE = 1L << 30;

    TransferFigures {
        runs = List.copyOf(runs);
    }

    /** Returns bytes received in a second. */
    @JsonProperty("bytes_per_s")
    double throughput() {
        return bytes / median.wallS();
    }

    /** Returns the CPU of who sends, for a GB. */
    @JsonProperty("server_cpu_s_per_gb")
    double serverCpuPerGigabyte() {
        return JsonReport.ratio(median.serverCpuS(), bytes / GIGABYTE);
    }

    /** Returns the CPU of who receives, for a GB, its start included. */
    @JsonProperty("client_cpu_s_per_gb")
    double clientCpuPerGigabyte() {
        return JsonReport.ratio(median.clientCpuS(), bytes / GIGABYTE);
    }
}
