// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.RelayNode;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.net.Behaviour;
import io.walcast.testkit.net.MisbehavingProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both of our ends on a line on which a byte is under way for 40 ms in each direction, with nothing set but the address.
 *
 * <p>The system property {@code walcast.line} sets another rate, in Mbit/s: 1000 with little else to do gives the figures in
 * docs/benchmarks.md.
 */
@Timeout(120)
class LongFatNetworkIT {
    private static final Duration ONE_WAY = Duration.ofMillis(40);
    private static final int MBIT_PER_S = Integer.getInteger("walcast.line", 160);
    private static final long BYTES_PER_S = MBIT_PER_S * 1_000_000L / 8;
    private static final int SECONDS = 5;

    /** Of the rate of the line; on a quiet machine it is more than 0.9. */
    private static final double WANTED = 0.7;

    private static final SegmentSize SIZE = SegmentSize.DEFAULT;
    private static final Lsn START = new Lsn(SIZE.bytes());
    private static final int SEGMENTS = (int) (BYTES_PER_S * SECONDS / SIZE.bytes()) + 1;
    private static final Lsn END = START.plus((long) SEGMENTS * SIZE.bytes());

    @TempDir
    private Path directory;

    private RelayNode node;

    @BeforeEach
    void serve() throws IOException {
        ServingProgram.initialize(directory, false);
        SyntheticWal wal =
                new SyntheticWal(new SystemIdentifier(7_000_000_000_000_000_001L), TimelineId.FIRST, SIZE, 1);
        for (int i = 0; i < SEGMENTS; i++) {
            Lsn start = START.plus((long) i * SIZE.bytes());
            String name = SegmentName.containing(TimelineId.FIRST, start, SIZE).fileName(SIZE);
            Files.write(directory.resolve("pg_wal").resolve(name), wal.bytes(start, SIZE.bytes()));
        }
        node = new RelayNode(NodeDirectory.laidOut(directory), "127.0.0.1:0", "grpc://127.0.0.1:0");
        node.serveStored(TimelineId.FIRST, START, END);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql", "grpc"})
    void isFilled(String scheme) {
        int port = node.addresses().get(scheme.equals("grpc") ? 1 : 0).getPort();
        try (MisbehavingProxy line = MisbehavingProxy.to(port)) {
            line.behave(Behaviour.PASS.withLatency(ONE_WAY).withThrottle(BYTES_PER_S));

            DiscardingReceiver.Result result =
                    DiscardingReceiver.receive(scheme + "://postgres@127.0.0.1:" + line.port() + "/", START, END);

            double share = result.bytesPerSecond() / BYTES_PER_S;
            System.out.printf(
                    "long line: %s: %d MB over %d Mbit/s, %d ms there and back: %.1f MB/s, %.3f of the line, first byte"
                            + " after %d ms%n",
                    scheme,
                    END.minus(START) >> 20,
                    MBIT_PER_S,
                    2 * ONE_WAY.toMillis(),
                    result.bytesPerSecond() / 1e6,
                    share,
                    result.first().toMillis());
            assertThat(share).isGreaterThan(WANTED);
        }
    }
}
