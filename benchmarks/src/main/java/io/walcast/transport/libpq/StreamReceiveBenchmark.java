// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to make messages of a megabyte of a stream, 8 messages of 128 kB with a keepalive behind each, that arrives
 * in reads of some size: a packet's, what a full socket gives, what is asked for. The claims: no byte of WAL is copied, so a
 * megabyte in large reads takes below 10 µs, a hundredth of what the kernel takes for it; and some objects are allocated for
 * each piece ({@code -prof gc}), nothing for each byte.
 *
 * <p>In the package of what it measures, which is not public.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar StreamReceive -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class StreamReceiveBenchmark {
    private static final int MESSAGES = 8;
    private static final int PAYLOAD_BYTES = 128 << 10;
    private static final int FRAME_HEADER_BYTES = 5;
    private static final int WINDOW_BYTES = 64 << 20;
    private static final Lsn START = Lsn.parse("16/B3000000");

    /** How many bytes arrive at once. */
    @Param({"1448", "65536", "262144"})
    public int readBytes;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Wire wire = new Wire(channel, new Latch(), new Cancellation(), WINDOW_BYTES);
    private final FrameReader frames = new FrameReader(wire, FrameLimits.PHYSICAL);
    private final ReplicationStream stream =
            new ReplicationStream(new ServerSession(wire, frames, notice -> {}), false);
    private ByteBuf bytes;

    /** Makes the stream. */
    @Setup
    public void encode() {
        int messageBytes = ServerMessageCodec.XLOG_DATA_HEADER_BYTES + PAYLOAD_BYTES;
        ByteBuffer content = ByteBuffer.allocateDirect(
                MESSAGES * (2 * FRAME_HEADER_BYTES + messageBytes + ServerMessageCodec.KEEPALIVE_BYTES));
        for (int i = 0; i < MESSAGES; i++) {
            Lsn start = START.plus((long) i * PAYLOAD_BYTES);
            content.put((byte) 'd').putInt(Integer.BYTES + messageBytes);
            ServerMessageCodec.encodeXLogDataHeader(start, start.plus(PAYLOAD_BYTES), new PgTimestamp(i), content);
            content.position(content.position() + PAYLOAD_BYTES);
            content.put((byte) 'd').putInt(Integer.BYTES + ServerMessageCodec.KEEPALIVE_BYTES);
            ServerMessageCodec.encode(new Keepalive(start, new PgTimestamp(i), false), content);
        }
        content.flip();
        bytes = PooledByteBufAllocator.DEFAULT.directBuffer(content.remaining()).writeBytes(content);
    }

    /** Gives it back. */
    @TearDown
    public void release() {
        bytes.release();
        channel.finishAndReleaseAll();
    }

    /** Receives it; returns how many bytes of WAL came. */
    @Benchmark
    public long receive() {
        long received = 0;
        for (int at = 0; at < bytes.readableBytes(); at += readBytes) {
            wire.onRead(bytes.retainedSlice(at, Math.min(readBytes, bytes.readableBytes() - at)));
            for (ServerMessage message = stream.receive(); message != null; message = stream.receive()) {
                received += message instanceof XLogData data ? data.payload().remaining() : 0;
                frames.releaseLent();
            }
        }
        return received;
    }
}
