// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * What one program took.
 *
 * @param program its name
 * @param version what it says of its version
 * @param median of {@code runs}, each component by itself
 * @param bytes how much WAL it received, from the start to the end asked for
 * @param fsyncs how often it synced a file or directory in a run of its own that was not timed
 * @param runs every timed run, in order
 */
record Figures(
        String program, String version, @JsonUnwrapped Usage median, long bytes, long fsyncs, List<Usage> runs) {

    Figures {
        runs = List.copyOf(runs);
    }

    static Figures of(Receiver receiver, String version, long bytes, long fsyncs, List<Usage> runs) {
        return new Figures(receiver.label(), version, Usage.median(runs), bytes, fsyncs, runs);
    }

    /** Returns bytes received in a second. */
    @JsonProperty("bytes_per_s")
    double throughput() {
        return bytes / median.wallS();
    }
}
