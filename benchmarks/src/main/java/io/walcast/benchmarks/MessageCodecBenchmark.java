// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import static java.util.Objects.requireNonNull;

import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.Drainable;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.ReceivedFrame;
import io.walcast.transport.grpc.wire.SentFrame;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message of 128 kB of WAL costs to compress and to decompress, marshaller included, over a whole segment. The claim:
 * no message has memory of its own; what is allocated ({@code -prof gc}) is a few small objects. How small WAL gets is in the
 * secondary result {@code percent}; the sample's records are random, so give a real segment:
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar MessageCodec -p segment=pg_wal/000000010000000000000001 -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class MessageCodecBenchmark {
    private static final int CHUNK_BYTES = 131_072;
    private static final int CHUNKS = 128;

    /** How to compress. */
    @Param({"gzip:level=1", "gzip:level=6", "zstd:level=1", "zstd:level=3", "zstd:level=9"})
    public String compression;

    /** A segment of 16 MB; empty for a sample. */
    @Param("")
    public String segment;

    private final SampleChunk[] chunks = new SampleChunk[CHUNKS];
    private final byte[][] packed = new byte[CHUNKS][];
    private final ByteArrayOutputStream target = new ByteArrayOutputStream(2 * CHUNK_BYTES);
    private Compression parsed;
    private Compressor compressor;
    private Decompressor decompressor;
    private int next;

    /** Reads the segment and compresses all of it once. */
    @Setup
    public void read() throws IOException {
        ByteBuffer wal = segment.isEmpty() ? SampleWal.segment(200) : read(Path.of(segment));
        parsed = Compression.parse(compression);
        String encoding = parsed.method().encoding();
        compressor = requireNonNull(Compression.compressors(true).lookupCompressor(encoding));
        decompressor = requireNonNull(parsed.decompressors().lookupDecompressor(encoding));
        for (int i = 0; i < CHUNKS; i++) {
            chunks[i] = new SampleChunk(wal.slice(i * CHUNK_BYTES, CHUNK_BYTES));
            pack(chunks[i]);
            packed[i] = target.toByteArray();
        }
    }

    private static ByteBuffer read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer wal = ByteBuffer.allocateDirect(CHUNKS * CHUNK_BYTES);
            while (wal.hasRemaining() && channel.read(wal) >= 0) {
                // Until it is full.
            }
            return wal.clear();
        }
    }

    /** Compresses one message. */
    @Benchmark
    public int compress(Size size) throws IOException {
        next = (next + 1) % CHUNKS;
        int count = pack(chunks[next]);
        size.before += CHUNK_BYTES;
        size.after += count;
        return count;
    }

    private int pack(SampleChunk chunk) throws IOException {
        target.reset();
        InputStream stream = SessionMethod.SERVED.streamResponse(new SentFrame.Wal(chunk, parsed.level()));
        try (OutputStream out = compressor.compress(target)) {
            ((Drainable) stream).drainTo(out);
        }
        return target.size();
    }

    /** Decompresses and parses one message. */
    @Benchmark
    public int decompress() throws IOException {
        next = (next + 1) % CHUNKS;
        try (InputStream stream = decompressor.decompress(new ByteArrayInputStream(packed[next]))) {
            ReceivedFrame.Wal wal = (ReceivedFrame.Wal) SessionMethod.CALLED.parseResponse(stream);
            int count = requireNonNull(wal.nextPiece()).remaining();
            wal.release();
            return count;
        }
    }

    /** What is left of the messages. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Size {
        private long before;
        private long after;

        /** Starts anew. */
        @Setup(Level.Iteration)
        public void clear() {
            before = 0;
            after = 0;
        }

        /** Returns how many bytes are left of a hundred. */
        public long percent() {
            return before == 0 ? 0 : 100 * after / before;
        }
    }
}
