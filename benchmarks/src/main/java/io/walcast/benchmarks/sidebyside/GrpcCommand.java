// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code side-by-side grpc}: our two ends, by gRPC and by PostgreSQL's protocol, and PostgreSQL's two. */
@Command(
        name = "grpc",
        sortOptions = false,
        description = {
            "Has walcast receivewal receive the same WAL from walcast serve by gRPC and by PostgreSQL's protocol, and "
                    + "pg_receivewal receive it from PostgreSQL 15, in turn.",
            "",
            "All on this machine, without encryption or compression. One process of ours serves both transports; a first "
                    + "run of each is told apart, the medians are of the runs after it. Receivers are started anew each "
                    + "time, and their start counts. They sync each finished segment. What came is compared with the "
                    + "files of PostgreSQL's server, byte by byte.",
            ""
        })
final class GrpcCommand implements Callable<Integer> {

    @Option(names = "--no-sync", description = "have the receivers sync nothing, which takes the disk out of it")
    private boolean isUnsynced;

    @Mixin
    private WorkOptions options;

    @Override
    public Integer call() throws IOException {
        options.check();
        Receiver theirs = Programs.pgReceivewal();
        try (Serving serving = Serving.start(options, 1, List.of("grpc://127.0.0.1:0"))) {
            Transfers postgres = transfers(
                    serving, "walsender, pg_receivewal", serving.theirs(), theirs, conninfo(serving.theirs()));
            Receiver receiver = Programs.receivewal(options.walcast());
            Transfers libpq = transfers(serving, "walcast, libpq", serving.ours(), receiver, conninfo(serving.ours()));
            String address = "grpc://%s@127.0.0.1:%d"
                    .formatted(PostgresServer.USER, serving.ours().grpcPort());
            Transfers grpc = transfers(serving, "walcast, gRPC", serving.ours(), receiver, address);
            options.progress("first run of each");
            List.of(postgres, libpq, grpc).forEach(Transfers::runFirst);
            options.rotate(List.of(postgres::runTimed, libpq::runTimed, grpc::runTimed));
            GrpcReport report = new GrpcReport(
                    Machine.here(serving.workspace().fileSystem()),
                    WalRange.of(serving.source()),
                    !isUnsynced,
                    postgres.finish(),
                    libpq.finish(),
                    grpc.finish());
            JsonReport.write(report, options.directory().resolve("grpc.json"));
            options.print(report.table());
        }
        return 0;
    }

    private Transfers transfers(Serving serving, String label, WalServer server, Receiver receiver, String conninfo) {
        TransferEnds ends = new TransferEnds(label, server, receiver, conninfo);
        return new Transfers(ends, serving.source(), serving.workspace(), !isUnsynced);
    }

    private static String conninfo(WalServer server) {
        return "host=127.0.0.1 port=%d user=%s".formatted(server.port(), PostgresServer.USER);
    }
}
