// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ArchivedWalOptions;
import io.walcast.ipc.Clock;
import io.walcast.transport.WalChunk;
import io.walcast.walsender.WalSegments;
import io.walcast.walsender.WalSegmentsOptions;
import io.walcast.walsender.WalSndReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs a stream to take its next chunk of 128 kB, of a segment that is open and in the page cache, and to give it
 * back; nothing is sent. The claim: below a microsecond and some hundred bytes of garbage, a twentieth of what the kernel
 * takes to send it.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar WalSndReader -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class WalSndReaderBenchmark {
    private static final int RECORD_DATA_BYTES = 200;
    private static final SegmentName SEGMENT =
            SegmentName.containing(SampleWal.TIMELINE, SampleWal.START, SampleWal.SEGMENT_SIZE);
    private static final Lsn END = SampleWal.START.plus(SampleWal.SEGMENT_SIZE.bytes());
    private static final Duration LONGER_THAN_THIS = Duration.ofDays(1);
    private static final long PATIENCE_S = 10;

    private final Semaphore woken = new Semaphore(0);
    private Path directory;
    private Path file;
    private WalSegments segments;
    private WalSndReader reader;
    private Lsn at = SampleWal.START;

    /** Writes a segment and reads it once. */
    @Setup
    public void open() throws IOException, InterruptedException {
        directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "walsnd-reader-");
        file = directory.resolve(SEGMENT.fileName(SampleWal.SEGMENT_SIZE));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(SampleWal.segment(RECORD_DATA_BYTES));
        }
        ArchivedWal wal =
                ArchivedWal.open(directory, ArchivedWalOptions.of(directory).withSync(false));
        while (wal.position() == null) {
            wal.poll();
        }
        segments = new WalSegments(wal, Clock.system(), WalSegmentsOptions.DEFAULTS.withWarmTime(LONGER_THAN_THIS));
        reader = segments.reader();
        int left = SampleWal.SEGMENT_SIZE.bytes() / WalSndReader.MAX_SEND_SIZE;
        while (left > 0) {
            WalChunk chunk = next();
            if (chunk != null) {
                giveBack(chunk);
                left--;
            } else if (!woken.tryAcquire(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nothing came");
            }
        }
    }

    /** Removes it. */
    @TearDown
    public void remove() throws IOException {
        segments.close();
        Files.delete(file);
        Files.delete(directory);
    }

    /** Takes a chunk; at the end of the segment comes its start again. */
    @Benchmark
    public Lsn nextChunk() {
        WalChunk chunk = next();
        if (chunk == null) {
            throw new IllegalStateException("not at hand");
        }
        return giveBack(chunk);
    }

    private @Nullable WalChunk next() {
        return reader.next(SampleWal.TIMELINE, at, END, END, WalSndReader.MAX_SEND_SIZE, woken::release);
    }

    private Lsn giveBack(WalChunk chunk) {
        Lsn end = at.plus(chunk.length());
        chunk.close();
        at = end.equals(END) ? SampleWal.START : end;
        return at;
    }
}
