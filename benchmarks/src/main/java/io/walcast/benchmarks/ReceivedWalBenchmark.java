// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import com.google.protobuf.ByteString;
import io.grpc.internal.CompositeReadableBuffer;
import io.grpc.internal.ReadableBuffers;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import io.walcast.transport.grpc.wire.ReceivedFrame;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.io.IOException;
import java.io.InputStream;
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
 * What a message of WAL costs between gRPC and the walreceiver: parsed, and all its pieces taken. The claim: it does not
 * depend on the size but for the number of pieces, of 16 kB each as HTTP/2 frames have; no byte of WAL is copied and nothing
 * of the message's size is allocated. The generated class ({@link #generated}) copies every byte twice. Read the allocation
 * rate ({@code -prof gc}) too.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar ReceivedWal -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ReceivedWalBenchmark {
    private static final int FRAME_BYTES = 16_384;

    /** The size of the payload. */
    @Param({"8192", "131072"})
    public int payloadBytes;

    private ByteBuffer message;

    /** Makes the message. */
    @Setup
    public void encode() {
        SampleChunk chunk = SampleChunk.of(payloadBytes);
        byte[] bytes = SessionResponse.newBuilder()
                .setWalData(WalData.newBuilder()
                        .setStart(chunk.start().value())
                        .setServerEnd(chunk.serverEnd().value())
                        .setSentAt(chunk.sentAt().micros())
                        .setData(ByteString.copyFrom(chunk.buffer())))
                .build()
                .toByteArray();
        message = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** As it is. */
    @Benchmark
    public int parse() throws IOException {
        int total = 0;
        try (InputStream stream = received()) {
            ReceivedFrame.Wal wal = (ReceivedFrame.Wal) SessionMethod.CALLED.parseResponse(stream);
            for (ByteBuffer piece = wal.nextPiece(); piece != null; piece = wal.nextPiece()) {
                total += piece.remaining();
            }
            wal.release();
        }
        return total;
    }

    /** As it would be without a marshaller of its own. */
    @Benchmark
    public int generated() throws IOException {
        try (InputStream stream = received()) {
            SessionResponse response = ReplicationGrpc.getSessionMethod().parseResponse(stream);
            return response.getWalData().getData().asReadOnlyByteBuffer().remaining();
        }
    }

    /** Returns what gRPC gives to parse. */
    private InputStream received() {
        CompositeReadableBuffer frames = new CompositeReadableBuffer();
        for (int at = 0; at < message.capacity(); at += FRAME_BYTES) {
            frames.addBuffer(ReadableBuffers.wrap(message.slice(at, Math.min(FRAME_BYTES, message.capacity() - at))));
        }
        return ReadableBuffers.openStream(frames, true);
    }
}
