// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The thread that prepares segments gets its turn each time that the receiver thread lets go of the lock. */
class PreparerTurnTest {
    private static final int SEGMENT = TestWal.SIZE.bytes();
    private static final Lsn START = new Lsn(5L * SEGMENT);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachSegmentHasOneFile(boolean preparedInTime) throws IOException {
        TurnLock lock = new TurnLock();
        DirectoryLayout layout = layout();
        try (SegmentWriter writer = writer(layout, lock)) {
            for (int segment = 0; segment < 4; segment++) {
                append(writer, SEGMENT - 10);
                if (preparedInTime) {
                    writer.prepareNext();
                }
                append(writer, 10);
                lock.giveTurnTo(writer::prepareNext);
                append(writer, 10);
                lock.giveTurnTo(() -> {});
                append(writer, SEGMENT - 20);
                append(writer, 10);
                assertThat(writer.flush()).isEqualTo(writer.written());
            }
        } finally {
            lock.close();
        }

        List<String> names = TestWal.names(directory);
        assertThat(names).hasSize(8);
        for (int i = 0; i < names.size(); i++) {
            byte[] expected = new byte[SEGMENT];
            TestWal.bytes(START.plus((long) i * SEGMENT), SEGMENT).get(expected);
            assertThat(Files.readAllBytes(directory.resolve(names.get(i)))).isEqualTo(expected);
        }
        assertThat(TestWal.names(layout.own)).isEmpty();
    }

    private DirectoryLayout layout() throws IOException {
        DirectoryLayout layout =
                new DirectoryLayout(new PosixFileSystem(), directory, WalDirectoryOptions.DEFAULTS.withCreate(true));
        DirectoryOwnership.makeDirectories(layout, true);
        return layout;
    }

    private static SegmentWriter writer(DirectoryLayout layout, ReentrantLock lock) {
        return new SegmentWriter(
                layout,
                new StorageFailure(),
                new SegmentOpener(layout, TestWal.SIZE, new HashSet<>()),
                TestWal.SIZE,
                new StreamStart(TimelineId.FIRST, START),
                lock,
                () -> {});
    }

    private static void append(SegmentWriter writer, int bytes) {
        ByteBuffer payload = TestWal.bytes(writer.position(), bytes);
        assertThat(writer.append(payload)).isTrue();
    }

    /** Lets another thread do its work, wholly, whenever the thread that made it has just unlocked. */
    private static final class TurnLock extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        private final transient Thread owner = Thread.currentThread();
        private final transient ExecutorService other = Executors.newSingleThreadExecutor();
        private transient Runnable turn = () -> {};

        void giveTurnTo(Runnable work) {
            turn = work;
        }

        @Override
        public void unlock() {
            super.unlock();
            if (Thread.currentThread() == owner && !isHeldByCurrentThread()) {
                try {
                    other.submit(turn).get(30, TimeUnit.SECONDS);
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    throw new AssertionError(e);
                }
            }
        }

        void close() {
            other.shutdown();
        }
    }
}
