// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * How fast clients committed while one program was the synchronous standby.
 *
 * @param median of {@code runs}, each component by itself
 * @param cpuMsPerCommit milliseconds of CPU that the program took for a transaction; the median, without its start
 * @param fsyncsPerCommit how often it synced a file or directory for a transaction, in a run of its own that was not timed
 * @param runs every timed run, in order
 */
record CommitFigures(
        @JsonUnwrapped CommitRate median,
        @JsonProperty("cpu_ms_per_commit") double cpuMsPerCommit,
        @JsonProperty("fsyncs_per_commit") double fsyncsPerCommit,
        List<CommitRate> runs) {

    CommitFigures {
        runs = List.copyOf(runs);
    }
}
