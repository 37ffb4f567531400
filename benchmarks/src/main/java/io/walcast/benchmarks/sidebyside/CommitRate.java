// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How fast clients committed.
 *
 * @param tps transactions in a second, of all clients together
 * @param latencyMs how long one took on the average
 * @param transactions how many there were
 */
record CommitRate(double tps, @JsonProperty("latency_ms") double latencyMs, long transactions) {

    /** Returns the median of each component by itself. */
    static CommitRate median(List<CommitRate> runs) {
        return new CommitRate(
                median(runs, CommitRate::tps),
                median(runs, CommitRate::latencyMs),
                Math.round(median(runs, CommitRate::transactions)));
    }

    private static double median(List<CommitRate> runs, ToDoubleFunction<CommitRate> component) {
        return Usage.middle(runs.stream().mapToDouble(component));
    }
}
