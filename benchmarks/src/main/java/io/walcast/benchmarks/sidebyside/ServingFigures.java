// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What serving took: wall time is the clients', CPU and memory are the server's.
 *
 * @param program what served
 * @param version what it says of its version
 * @param median of {@code runs}, each component by itself
 * @param bytes how much WAL all clients together got in a run
 * @param rssPerSessionKb memory for one session of many, null if there was but one
 * @param startCpuS CPU that the server's start took, null if it is not known
 * @param firstRun the run before the others, which has no part in the medians; null if nobody measured it
 * @param runs every other run, in order
 */
record ServingFigures(
        String program,
        String version,
        @JsonUnwrapped Usage median,
        long bytes,

        @JsonProperty("rss_per_session_kb") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Long rssPerSessionKb,

        @JsonProperty("start_cpu_s") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Double startCpuS,

        @JsonProperty("first_run") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Usage firstRun,

        List<Usage> runs) {

    ServingFigures {
        runs = List.copyOf(runs);
    }

    /** Returns bytes sent in a second. */
    @JsonProperty("bytes_per_s")
    double throughput() {
        return bytes / median.wallS();
    }
}
