// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import io.walcast.transport.grpc.wire.SentFrame;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * What a chunk costs on its way from the shared buffer to the one that gRPC frames and the socket takes, which is direct and
 * can be filled from arrays only. The claim: little more than the one copy that framing needs ({@link #oneCopy}), as the
 * second goes through an array that stays in the processor's cache; nothing of the chunk's size is allocated; a fraction of
 * what the generated class takes ({@link #generated}: three copies, two of them into garbage). Read the allocation rate
 * ({@code -prof gc}) too.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar SentWal -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class SentWalBenchmark {
    private static final int HEADER_BYTES = 64;

    /** The size of the chunk. */
    @Param({"8192", "131072"})
    public int chunkBytes;

    private SampleChunk chunk;
    private ByteBuffer framed;
    private OutputStream framer;

    /** Makes the chunk and the buffer. */
    @Setup
    public void makeBuffers() {
        chunk = SampleChunk.of(chunkBytes);
        framed = ByteBuffer.allocateDirect(HEADER_BYTES + chunkBytes);
        framer = new ToBuffer(framed);
    }

    /** As it is. */
    @Benchmark
    public int marshal() throws IOException {
        framed.clear();
        InputStream stream = SessionMethod.SERVED.streamResponse(new SentFrame.Wal(chunk));
        return ((Drainable) stream).drainTo(framer);
    }

    /** As it would be without a marshaller of its own. */
    @Benchmark
    public int generated() throws IOException {
        framed.clear();
        SessionResponse response = SessionResponse.newBuilder()
                .setWalData(WalData.newBuilder()
                        .setStart(chunk.start().value())
                        .setServerEnd(chunk.serverEnd().value())
                        .setSentAt(chunk.sentAt().micros())
                        .setData(ByteString.copyFrom(chunk.buffer())))
                .build();
        InputStream stream = ReplicationGrpc.getSessionMethod().streamResponse(response);
        return ((Drainable) stream).drainTo(framer);
    }

    /** The copy alone. */
    @Benchmark
    public ByteBuffer oneCopy() {
        return framed.clear().put(chunk.buffer());
    }

    /** What gRPC gives to drain into. */
    private static final class ToBuffer extends OutputStream {
        private final ByteBuffer buffer;

        ToBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public void write(int b) {
            buffer.put((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            buffer.put(bytes, offset, length);
        }
    }
}
