// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code side-by-side send}: PostgreSQL's walsender and {@code walcast serve}, for one receiver. */
@Command(
        name = "send",
        sortOptions = false,
        description = {
            "Has pg_receivewal --no-sync receive the same WAL in turn from PostgreSQL 15 and from walcast serve.",
            "",
            "Measured is who serves: PostgreSQL's walsender processes, and the whole of our process, which serves in all "
                    + "runs. Its first one, in which it compiles itself, is told apart, and together with its start; the "
                    + "medians are of the runs after it. Wall time is the receiver's. The segments that ours serves are "
                    + "the server's own files under a second name. What came is compared with them, byte by byte.",
            ""
        })
final class SendCommand implements Callable<Integer> {
    @Mixin
    private WorkOptions options;

    @Override
    public Integer call() throws IOException {
        options.check();
        Receiver receiver = Programs.pgReceivewal();
        try (Serving serving = Serving.start(options, 1)) {
            SendPull pull = new SendPull(receiver, serving.source(), serving.workspace());
            serving.compareFromTheStart(options, pull, "send.json");
        }
        return 0;
    }
}
