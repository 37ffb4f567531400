// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a walsender encodes itself: what stands before a piece of WAL, and keepalives. The claim: some nanoseconds into a
 * buffer that is there, and no allocation, so that a chunk costs what the kernel takes to send it.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar ServerMessageEncode -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ServerMessageEncodeBenchmark {
    private final Lsn start = Lsn.parse("16/B374D848");
    private final Lsn serverEnd = Lsn.parse("16/C374D848");
    private final PgTimestamp now = new PgTimestamp(816_000_000_000_000L);
    private final ServerMessage.Keepalive keepalive = new ServerMessage.Keepalive(serverEnd, now, false);
    private final ByteBuffer out = ByteBuffer.allocateDirect(ServerMessageCodec.XLOG_DATA_HEADER_BYTES);

    /** Encodes what stands before WAL. */
    @Benchmark
    public ByteBuffer xlogDataHeader() {
        ServerMessageCodec.encodeXLogDataHeader(start, serverEnd, now, out.clear());
        return out;
    }

    /** Encodes a keepalive. */
    @Benchmark
    public ByteBuffer keepalive() {
        ServerMessageCodec.encode(keepalive, out.clear());
        return out;
    }
}
