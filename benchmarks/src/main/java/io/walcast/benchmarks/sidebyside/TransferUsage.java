// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one transfer took.
 *
 * @param wallS seconds from the receiver's start to its end
 * @param serverCpuS seconds of CPU, user and system, of who sent
 * @param clientCpuS seconds of CPU of the receiver, start included
 * @param clientMaxRssKb the most memory the receiver had resident, as sampled, in kilobytes
 */
record TransferUsage(
        @JsonProperty("wall_s") double wallS,
        @JsonProperty("server_cpu_s") double serverCpuS,
        @JsonProperty("client_cpu_s") double clientCpuS,
        @JsonProperty("client_max_rss_kb") long clientMaxRssKb) {

    TransferUsage {
        wallS = Usage.rounded(wallS);
        serverCpuS = Usage.rounded(serverCpuS);
        clientCpuS = Usage.rounded(clientCpuS);
    }

    static TransferUsage of(Usage client, double serverCpuS) {
        return new TransferUsage(client.wallS(), serverCpuS, client.cpuS(), client.maxRssKb());
    }

    /** Returns the median of each component by itself. */
    static TransferUsage median(List<TransferUsage> runs) {
        return new TransferUsage(
                median(runs, TransferUsage::wallS),
                median(runs, TransferUsage::serverCpuS),
                median(runs, TransferUsage::clientCpuS),
                Math.round(median(runs, TransferUsage::clientMaxRssKb)));
    }

    private static double median(List<TransferUsage> runs, ToDoubleFunction<TransferUsage> component) {
        return Usage.middle(runs.stream().mapToDouble(component));
    }
}
