// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Append, flush and prepare at the same time, on a real disk. */
class ConcurrentWritingTest {
    private static final int SEGMENT = TestWal.SIZE.bytes();
    private static final Lsn START = new Lsn(5L * SEGMENT);
    private static final Lsn END = START.plus(24L * SEGMENT + 12_345);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void losesNothingAndNeverGoesBack(String suffix) throws Exception {
        WalDirectoryOptions options = suffix.isEmpty()
                ? WalDirectoryOptions.DEFAULTS
                : WalDirectoryOptions.DEFAULTS.withCompression(SegmentCompression.gzip(1));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        AtomicBoolean done = new AtomicBoolean();
        try (WalDirectory wal = WalDirectory.open(directory, options);
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            Future<?> flusher = threads.submit(() -> flushUntil(writer, done));
            Future<?> preparer = threads.submit(() -> prepareUntil(writer, done));
            Future<?> receiver = threads.submit(() -> receive(writer));
            receiver.get(60, TimeUnit.SECONDS);
            done.set(true);
            flusher.get(60, TimeUnit.SECONDS);
            preparer.get(60, TimeUnit.SECONDS);
            assertThat(writer.flush()).isEqualTo(END);
        } finally {
            threads.shutdown();
        }

        List<String> names = TestWal.names(directory);
        assertThat(names).hasSize(25).last().isEqualTo("00000001000000000000001D" + suffix + ".partial");
        Lsn start = START;
        for (String name : names) {
            assertContent(name, start);
            start = start.plus(SEGMENT);
        }
    }

    private static void receive(SegmentWriter writer) {
        Random random = new Random(1);
        while (writer.position().isBefore(END)) {
            int bytes = (int) Math.min(1 + random.nextInt(131_072), END.minus(writer.position()));
            ByteBuffer payload = TestWal.bytes(writer.position(), bytes);
            assertThat(writer.append(payload)).isTrue();
        }
    }

    private static void flushUntil(SegmentWriter writer, AtomicBoolean done) {
        Lsn last = START;
        while (!done.get()) {
            Lsn before = writer.written();
            Lsn flushed = writer.flush();
            assertThat(flushed).isGreaterThanOrEqualTo(before).isGreaterThanOrEqualTo(last);
            assertThat(flushed).isLessThanOrEqualTo(writer.written());
            last = flushed;
        }
    }

    private static void prepareUntil(SegmentWriter writer, AtomicBoolean done) {
        while (!done.get()) {
            if (writer.wantsPrepare()) {
                writer.prepareNext();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void assertContent(String name, Lsn start) throws IOException {
        byte[] expected = new byte[SEGMENT];
        int bytes = (int) Math.min(SEGMENT, END.minus(start));
        TestWal.bytes(start, bytes).get(expected, 0, bytes);
        assertThat(content(directory.resolve(name), bytes)).isEqualTo(expected);
    }

    private static byte[] content(Path file, int bytes) throws IOException {
        byte[] stored = Files.readAllBytes(file);
        if (!String.valueOf(file).contains(".gz")) {
            return stored;
        }
        try (InputStream content = SegmentDecompressor.GZIP.open(new ByteArrayInputStream(stored))) {
            return Arrays.copyOf(content.readNBytes(bytes), SEGMENT);
        }
    }
}
