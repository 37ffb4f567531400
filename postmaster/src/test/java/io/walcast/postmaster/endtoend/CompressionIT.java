// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.walcast.core.Lsn;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.RelayNode;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.net.Direction;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What compression saves on the wire, and what it costs, with the WAL of {@code pgbench}. The system property {@code
 * walcast.pgbench} sets how many seconds that runs: 15 gives the figures in docs/benchmarks.md.
 */
@RequiresTool(value = "pgbench", group = "compression of the WAL of pgbench")
@Timeout(180)
class CompressionIT {
    private static final int SECONDS = Integer.getInteger("walcast.pgbench", 4);
    private static final Duration LIMIT = Duration.ofSeconds(SECONDS + 60);
    private static final List<String> WAYS =
            List.of("none", "none", "gzip", "zstd:level=1", "zstd", "zstd:level=6", "zstd:level=9");
    private static final double WANTED = 2;

    @TempDir
    private Path directory;

    @Test
    void savesMostOfTheWire() {
        ServingProgram.initialize(directory, false);
        try (PostgresServer primary = PostgresServer.start(Options.of(15));
                RelayNode node = new RelayNode(NodeDirectory.laidOut(directory), "grpc://127.0.0.1:0")) {
            Lsn start = primary.segmentSize().startOfSegment(primary.flushLsn());
            node.receiveFrom(Receiving.conninfo(primary.port()));
            node.awaitFlush(primary.flushLsn());
            pgbench(primary, "-i", "-q", "-s", Integer.toString(SECONDS));
            pgbench(primary, "-c", "4", "-T", Integer.toString(SECONDS));
            Lsn end = primary.flushLsn();
            node.awaitFlush(end);
            node.stopReceiving();
            for (String way : WAYS) {
                Wire wire = receive(node.address().getPort(), way, start, end);
                if (way.startsWith("zstd")) {
                    assertThat(wire.ratio()).as(way).isGreaterThan(WANTED);
                }
            }
        }
    }

    private static void pgbench(PostgresServer primary, String... options) {
        String[] arguments = Stream.concat(Stream.of(options), Stream.of(Receiving.conninfo(primary.port())))
                .toArray(String[]::new);
        Tool.require("pgbench").run(LIMIT, arguments).requireSuccess();
    }

    /** How much there was, and how much of it was on the wire. */
    private record Wire(long bytes, long sent) {
        double ratio() {
            return (double) bytes / sent;
        }
    }

    private static Wire receive(int port, String way, Lsn start, Lsn end) {
        AtomicLong sent = new AtomicLong();
        try (MisbehavingProxy proxy = MisbehavingProxy.to(port, number -> (direction, bytes) -> {
            if (direction == Direction.TO_CLIENT) {
                sent.addAndGet(bytes.remaining());
            }
        })) {
            long cpuNs = cpuNs();
            DiscardingReceiver.Result result = DiscardingReceiver.receive(
                    "grpc://%s@127.0.0.1:%d/?compression=%s".formatted(PostgresServer.USER, proxy.port(), way),
                    start,
                    end);
            Wire wire = new Wire(result.bytes(), sent.get());
            System.out.printf(
                    "compression: %s: %.1f MB of WAL, %.1f MB on the wire (%.2f times less), %.0f MB/s, %.2f s of CPU per"
                            + " GB on both ends and the wire%n",
                    way,
                    wire.bytes() / 1e6,
                    wire.sent() / 1e6,
                    wire.ratio(),
                    result.bytesPerSecond() / 1e6,
                    (cpuNs() - cpuNs) / (double) wire.bytes());
            return wire;
        }
    }

    private static long cpuNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
