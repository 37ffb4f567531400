// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.wal.StreamPageCheck;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to check the page headers of a stream. The claim: some nanoseconds for each page of 8 kB and no
 * allocation, so less than a microsecond for the 128 kB of one message; a hundredth of what writing it costs.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar StreamPageCheck -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class StreamPageCheckBenchmark {
    private static final int MESSAGE_BYTES = 128 << 10;
    private static final int RECORD_DATA_BYTES = 200;

    private final StreamPageCheck check =
            new StreamPageCheck(SampleWal.TIMELINE, SampleWal.SEGMENT_SIZE, SampleWal.SYSTEM_IDENTIFIER);
    private ByteBuffer segment;
    private int at;

    /** Makes the WAL. */
    @Setup
    public void write() {
        segment = SampleWal.segment(RECORD_DATA_BYTES);
    }

    /** Checks one message of the largest size that a server sends; at the end of the segment comes its start again. */
    @Benchmark
    public int checkMessage() {
        Lsn start = SampleWal.START.plus(at);
        check.check(start, segment.limit(at + MESSAGE_BYTES).position(at));
        at = (at + MESSAGE_BYTES) % SampleWal.SEGMENT_SIZE.bytes();
        return at;
    }
}
