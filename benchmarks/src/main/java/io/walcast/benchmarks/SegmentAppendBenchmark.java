// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to store four segments, 64 MB, in messages of 128 kB, into a directory below the one it is started in; be
 * sure that is on a disk. The claims: without syncing it is the kernel's copy into its cache and little else, above a
 * gigabyte in a second; with syncing it is what the disk takes, as the writing thread waits only where a segment ends.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar SegmentAppend -prof gc</pre>
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@State(Scope.Thread)
public class SegmentAppendBenchmark {
    private static final int MESSAGE_BYTES = 128 << 10;
    private static final int SEGMENTS = 4;

    /** Whether anything is synced. */
    @Param({"false", "true"})
    public boolean sync;

    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    private Path path;
    private WalDirectory directory;
    private SegmentWriter writer;

    /** Makes the message. */
    @Setup
    public void makeMessage() {
        byte[] content = new byte[MESSAGE_BYTES];
        new Random(42).nextBytes(content);
        message.put(content);
    }

    /** Makes an empty directory. */
    @Setup(Level.Invocation)
    public void open() throws IOException {
        path = Files.createTempDirectory(Path.of("").toAbsolutePath(), "segment-append-");
        directory = WalDirectory.open(path, WalDirectoryOptions.DEFAULTS.withSync(sync));
        writer = directory.openSegments(SampleWal.SEGMENT_SIZE, SampleWal.TIMELINE, SampleWal.START);
    }

    /** Removes it. */
    @TearDown(Level.Invocation)
    public void remove() throws IOException {
        directory.close();
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Stores the segments. */
    @Benchmark
    public Lsn append() {
        for (int i = 0; i < SEGMENTS * (SampleWal.SEGMENT_SIZE.bytes() / MESSAGE_BYTES); i++) {
            if (!writer.append(message.clear())) {
                throw new IllegalStateException("disk full");
            }
        }
        writer.flush();
        writer.close();
        return writer.flushed();
    }
}
