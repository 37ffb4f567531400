// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.core.protocol.StandbyMessageCodec;
import java.nio.ByteBuffer;
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
 * What a message of a standby costs to decode. The claim: some tens of nanoseconds, so that a peer that does nothing but
 * send them is held up by its socket and not by us. Read the allocation rate ({@code -prof gc}), not only the time.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar StandbyMessageDecode -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class StandbyMessageDecodeBenchmark {
    private static final Lsn AT = Lsn.parse("16/B374D848");
    private static final PgTimestamp NOW = new PgTimestamp(816_000_000_000_000L);

    /** Which message. */
    @Param
    public Sample sample;

    private ByteBuffer body;

    /** All that a standby says. */
    public enum Sample {
        /** Up to where it has written, flushed and applied. */
        STATUS,
        /** The oldest transactions it needs. */
        FEEDBACK
    }

    /** Makes the body of a frame. */
    @Setup
    public void encode() {
        body = ByteBuffer.allocateDirect(StandbyMessageCodec.STATUS_UPDATE_BYTES);
        StandbyMessage message = switch (sample) {
            case STATUS -> new StatusUpdate(AT, AT, AT, NOW, false);
            case FEEDBACK -> new HotStandbyFeedback(NOW, 700, 0, 0, 0);
        };
        StandbyMessageCodec.encode(message, body);
        body.flip();
    }

    /** Decodes it. */
    @Benchmark
    public StandbyMessage decode() {
        return StandbyMessageCodec.decode(body.rewind());
    }
}
