// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.core.storage.WalFile;
import io.walcast.testkit.storage.FileCall.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Which unfinished segments a second writer of the same process goes on in as they are. */
class TrustedTailTest {
    private static final Path DIRECTORY = Path.of("/wal");
    private static final Path PARTIAL = DIRECTORY.resolve("000000010000000000000005.partial");
    private static final Path FINISHED = DIRECTORY.resolve("000000010000000000000005");

    private final FaultyFileSystem machine = new FaultyFileSystem();

    @Test
    void oneThatWasClosedInOrder() {
        try (WalDirectory wal = open()) {
            append(wal, 1000);
            append(wal, 2000);
        }

        assertThat(machine.log()).noneMatch(TrustedTailTest::isRewrite);
    }

    @Test
    void notOneWhoseNameIsNotDurable() throws IOException {
        WalDirectory wal = open();
        AtomicBoolean named = new AtomicBoolean();
        machine.beforeEachCall(
                call -> named.compareAndSet(false, call.kind() == Kind.RENAME && PARTIAL.equals(call.path())));
        machine.failWhen(call -> call.kind() == Kind.WRITE && named.get(), Fault.ENOSPC);
        try (SegmentWriter writer = openSegments(wal)) {
            assertThat(writer.append(bytesWithoutTheirFirstHalf())).isFalse();
            assertThat(writer.written()).isEqualTo(StreamBytes.START);
        }
        machine.heal();

        SegmentWriter writer = openSegments(wal);
        append(writer, 1000);
        assertThat(writer.flush()).isEqualTo(StreamBytes.START.plus(1000));

        FaultyFileSystem found = machine.crash(CrashOutcome.nothing());
        assertThat(found.names(DIRECTORY)).contains(String.valueOf(PARTIAL.getFileName()));
        assertThat(StreamBytes.matches(found.content(PARTIAL), StreamBytes.START, writer.flushed()))
                .isTrue();
    }

    @Test
    void notOneThatLayBesideTheFinishedSegment() throws IOException {
        try (WalDirectory wal = open()) {
            put(PARTIAL);
            put(FINISHED);
            append(wal, 1000);
            machine.delete(FINISHED);

            append(wal, 2000);
        }

        assertThat(machine.log()).anyMatch(TrustedTailTest::isRewrite);
    }

    private static boolean isRewrite(FileCall call) {
        return call.kind() == Kind.RENAME && call.detail().endsWith("000000010000000000000005.partial.tmp");
    }

    /** One byte: the half of it that a failing write has written is none. */
    private static ByteBuffer bytesWithoutTheirFirstHalf() {
        return StreamBytes.from(StreamBytes.START, 1);
    }

    private void put(Path path) throws IOException {
        try (WalFile file = machine.create(path, FileMode.OWNER)) {
            file.write(StreamBytes.from(StreamBytes.START, StreamBytes.SIZE.bytes()), 0);
        }
    }

    private static void append(WalDirectory wal, int bytes) {
        try (SegmentWriter writer = openSegments(wal)) {
            append(writer, bytes);
        }
    }

    private static void append(SegmentWriter writer, int bytes) {
        Lsn at = writer.position();
        assertThat(writer.append(StreamBytes.from(at, bytes))).isTrue();
    }

    private static SegmentWriter openSegments(WalDirectory wal) {
        return wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START);
    }

    private WalDirectory open() {
        return WalDirectory.open(machine, DIRECTORY, WalDirectoryOptions.DEFAULTS.withCreate(true));
    }
}
