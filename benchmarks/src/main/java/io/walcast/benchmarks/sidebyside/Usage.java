// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What one run of a program took.
 *
 * @param wallS seconds from its start to its end
 * @param cpuS seconds of CPU, user and system, of it and all processes it started
 * @param maxRssKb the most memory it had resident, as sampled, in kilobytes
 */
record Usage(
        @JsonProperty("wall_s") double wallS,
        @JsonProperty("cpu_s") double cpuS,
        @JsonProperty("max_rss_kb") long maxRssKb) {

    private static final double MS_PER_S = 1e3;

    Usage {
        wallS = rounded(wallS);
        cpuS = rounded(cpuS);
    }

    /** Rounds to milliseconds: nothing here is more precise. */
    static double rounded(double seconds) {
        return Math.round(seconds * MS_PER_S) / MS_PER_S;
    }

    /** Returns the median of each component by itself. */
    static Usage median(List<Usage> runs) {
        return new Usage(
                median(runs, Usage::wallS), median(runs, Usage::cpuS), Math.round(median(runs, Usage::maxRssKb)));
    }

    private static double median(List<Usage> runs, ToDoubleFunction<Usage> component) {
        return middle(runs.stream().mapToDouble(component));
    }

    /** Returns the median. */
    static double middle(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
