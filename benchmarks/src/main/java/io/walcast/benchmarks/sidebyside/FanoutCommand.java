// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code side-by-side fanout}: PostgreSQL's walsenders and {@code walcast serve}, for many clients at once. */
@Command(
        name = "fanout",
        sortOptions = false,
        description = {
            "Has many clients at once pull the same WAL in turn from PostgreSQL 15 and from walcast serve.",
            "",
            "The clients are one thread of this program and throw away what they get. Measured is who serves: PostgreSQL's "
                    + "walsender processes, and the whole of our process. Each serves a single client first, which is not "
                    + "measured. Memory for a session: private memory of all walsenders, divided by their number; and "
                    + "what our process has resident at most, less what it had after that single client, divided alike.",
            ""
        })
final class FanoutCommand implements Callable<Integer> {
    @Option(
            names = "--clients",
            defaultValue = "16",
            paramLabel = "N",
            description = "clients at once (${DEFAULT-VALUE})")
    private int clients;

    @Mixin
    private WorkOptions options;

    @Override
    public Integer call() throws IOException {
        options.check();
        WorkOptions.requirePositive("--clients", clients);
        try (Serving serving = Serving.start(options, clients)) {
            options.progress("a single client, not measured");
            serving.warmUp(new FanoutPull(serving.source(), 1));
            serving.compare(options, new FanoutPull(serving.source(), clients), "fanout.json");
        }
        return 0;
    }
}
