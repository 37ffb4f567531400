// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the body of one XLogData frame costs to decode. The claim: the same for 128 bytes as for 128 kB, as the payload is
 * a slice and not a copy. Read the allocation rate ({@code -prof gc}), not only the time.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar ServerMessageDecode -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ServerMessageDecodeBenchmark {
    private static final Lsn START = Lsn.parse("16/B374D848");

    /** The size of the payload. */
    @Param({"128", "8192", "131072"})
    public int payloadBytes;

    private ByteBuffer body;

    /** Makes the body of a frame. */
    @Setup
    public void encodeBody() {
        byte[] payload = new byte[payloadBytes];
        new Random(42).nextBytes(payload);
        body = ByteBuffer.allocateDirect(ServerMessageCodec.XLOG_DATA_HEADER_BYTES + payloadBytes);
        ServerMessageCodec.encodeXLogDataHeader(START, START.plus(payloadBytes), new PgTimestamp(0), body);
        body.put(payload);
    }

    /** Decodes it. */
    @Benchmark
    public ServerMessage decode() {
        return ServerMessageCodec.decode(body.rewind());
    }
}
