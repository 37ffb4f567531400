// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalPageSource;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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
 * How fast a segment of 16 MB is read record by record, every checksum checked, as after a crash to find where the WAL
 * ends. The claim: a segment takes tens of milliseconds at most, small records or large; {@link #crcOnly} is what the
 * checksum alone takes.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar RecordScan -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class RecordScanBenchmark {

    /** The size of the data of each record: an index entry, a row, a full page. */
    @Param({"40", "200", "8192"})
    public int dataBytes;

    private ByteBuffer segment;

    /** Makes the WAL. */
    @Setup
    public void write() {
        segment = SampleWal.segment(dataBytes);
    }

    /** Reads all records. */
    @Benchmark
    public EndOfWal scan() {
        WalPageSource source = this::read;
        XLogReader reader = new XLogReader(source, XLogReaderOptions.of(SampleWal.SEGMENT_SIZE));
        reader.beginRead(SampleWal.START);
        return reader.readToEnd();
    }

    /** Computes one checksum over all bytes. */
    @Benchmark
    public long crcOnly() {
        CRC32C crc = new CRC32C();
        crc.update(segment.clear());
        return crc.getValue();
    }

    private int read(Lsn start, ByteBuffer into) {
        int at = (int) start.minus(SampleWal.START);
        int length = Math.max(0, Math.min(into.remaining(), segment.capacity() - at));
        into.put(into.position(), segment, at, length);
        into.position(into.position() + length);
        return length;
    }
}
