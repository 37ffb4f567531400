// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.TimelineId;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.testkit.storage.FileCall.Kind;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A full disk that is told by an exception: tried again where nothing was changed, and only there. */
class DiskFullRetryTest {
    private static final Path DIRECTORY = Path.of("/wal");
    private static final TimelineId SECOND = new TimelineId(2);
    private static final byte[] HISTORY = "1\t0/1\n".getBytes(US_ASCII);

    private final FaultyFileSystem machine = new FaultyFileSystem();

    @Test
    void aHistoryMayBeStoredLater() {
        try (WalDirectory wal = open()) {
            machine.setCapacity(1);
            assertRetriable(() -> wal.writeHistory(SECOND, HISTORY));
            machine.setCapacity(Long.MAX_VALUE);

            wal.writeHistory(SECOND, HISTORY);
            assertThat(wal.readHistory(SECOND)).contains(HISTORY);
        }
    }

    @Test
    void aDirectoryMayBeOpenedLater() {
        try (WalDirectory wal = open();
                SegmentWriter writer = openSegments(wal)) {
            append(writer);
        }
        machine.setCapacity(StreamBytes.SIZE.bytes() + 4096);
        assertRetriable(this::open);
        machine.setCapacity(Long.MAX_VALUE);

        open().close();
    }

    @Test
    void afterAFailedFlushThereIsNoSecondTry() {
        try (WalDirectory wal = open()) {
            SegmentWriter writer = openSegments(wal);
            append(writer);
            machine.failWhen(call -> call.kind() == Kind.FORCE || call.kind() == Kind.CLOSE, Fault.ENOSPC);

            assertFinal(writer::flush);
            machine.heal();
            assertFinal(writer::flush);
        }
    }

    @Test
    void norAfterACloseThatFailed() {
        try (WalDirectory wal = open()) {
            SegmentWriter writer = openSegments(wal);
            append(writer);
            machine.failWhen(call -> call.kind() == Kind.CLOSE, Fault.ENOSPC);

            assertFinal(writer::close);
            machine.heal();
            assertFinal(() -> openSegments(wal));
        }
    }

    private static void assertRetriable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.sqlState()).isEqualTo(SqlState.DISK_FULL);
            assertThat(e.retry()).isEqualTo(Retry.BACKOFF);
        });
    }

    private static void assertFinal(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.sqlState()).isEqualTo(SqlState.IO_ERROR);
            assertThat(e.retry()).isEqualTo(Retry.NEVER);
        });
    }

    private static void append(SegmentWriter writer) {
        assertThat(writer.append(StreamBytes.from(writer.position(), 1000))).isTrue();
    }

    private static SegmentWriter openSegments(WalDirectory wal) {
        return wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START);
    }

    private WalDirectory open() {
        return WalDirectory.open(machine, DIRECTORY, WalDirectoryOptions.DEFAULTS.withCreate(true));
    }
}
