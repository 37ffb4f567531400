// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import picocli.CommandLine.Option;

/** The options of a comparison over a given amount of WAL. */
final class WorkOptions extends RunOptions {
    @Option(
            names = "--size",
            defaultValue = "2GB",
            paramLabel = "SIZE",
            description = "WAL to receive, each time (${DEFAULT-VALUE})")
    private ByteSize size;

    ByteSize size() {
        return size;
    }
}
