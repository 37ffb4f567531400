// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ArchivedWalOptions;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedSegment;
import io.walcast.core.storage.WalFile;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.storage.FileCall.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArchivedWalFaultsTest {
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final Path ARCHIVE = Path.of("/archive");
    private static final Path TEMPORARY = Path.of("/temporary");
    private static final Set<Kind> CHANGES = EnumSet.of(
            Kind.CREATE, Kind.WRITE, Kind.TRUNCATE, Kind.RENAME, Kind.DELETE, Kind.CREATE_DIRECTORY, Kind.LOCK);

    private final FaultyFileSystem fileSystem = new FaultyFileSystem();
    private final SyntheticWal wal =
            new SyntheticWal(new SystemIdentifier(7_300_000_000_000_000_001L), TimelineId.FIRST, SIZE, 1);
    private final List<String> warnings = new ArrayList<>();
    private final ArchivedWal served = ArchivedWal.open(
            fileSystem, ARCHIVE, ArchivedWalOptions.of(TEMPORARY).withWarnings(warnings::add));

    @BeforeEach
    void makeDirectories() throws IOException {
        fileSystem.createDirectory(ARCHIVE, FileMode.OWNER);
        fileSystem.createDirectory(TEMPORARY, FileMode.OWNER);
    }

    @Test
    void eachSegmentIsSyncedWithItsNameBeforeItIsOffered() throws IOException {
        for (int i = 1; i <= 4; i++) {
            archive(i);
            settle();
            String name = name(i);
            assertThat(served.position()).isEqualTo(upto(i));
            List<FileCall> log = fileSystem.log();
            int forced = indexOf(log, Kind.FORCE, name);
            assertThat(forced).as("sync of " + name).isNotNegative();
            assertThat(log.subList(forced, log.size())).anyMatch(call -> call.kind() == Kind.SYNC_DIRECTORY);
        }
    }

    @Test
    void aSegmentThatCouldNotBeSyncedIsNeverOffered() throws IOException {
        archive(1);
        settle();
        archive(2);
        fileSystem.failWhen(call -> call.kind() == Kind.FORCE, Fault.EIO);
        settle();
        fileSystem.heal();
        settle();

        assertThat(served.position()).isEqualTo(upto(1));
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0)).startsWith("could not sync file \"" + name(2) + "\"");
    }

    @Test
    void anOldSegmentIsSyncedWhenItIsAskedForAndNotServedIfThatFails() throws IOException {
        archive(1);
        archive(2);
        archive(3);
        settle();
        assertThat(indexOf(fileSystem.log(), Kind.FORCE, name(1))).isNegative();
        fileSystem.failWhen(call -> call.kind() == Kind.FORCE, Fault.EIO);

        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.IO_ERROR));
        fileSystem.heal();
        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1)).isInstanceOf(StorageException.class);
        served.open(TimelineId.FIRST, 2).close();
    }

    @Test
    void nothingIsChangedInTheArchive() throws IOException {
        archive(1);
        archiveCompressed(2);
        archiveCompressed(3);
        long before = fileSystem.calls();
        settle();
        try (ServedSegment segment = served.open(TimelineId.FIRST, 2)) {
            ByteBuffer content = ByteBuffer.allocate(SIZE.bytes());
            segment.read(content, 0);
            assertThat(content.array()).isEqualTo(wal.bytes(SIZE.start(2), SIZE.bytes()));
        }

        assertThat(served.position()).isEqualTo(upto(3));
        assertThat(fileSystem.log().stream()
                        .filter(call -> call.number() > before && CHANGES.contains(call.kind()))
                        .map(call -> call.path().getParent()))
                .isNotEmpty()
                .containsOnly(TEMPORARY);
        assertThat(fileSystem.list(TEMPORARY)).isEmpty();
    }

    @Test
    void aFullTemporaryDirectoryIsToldAndLeavesNothing() throws IOException {
        archiveCompressed(1);
        archive(2);
        settle();
        fileSystem.failWhen(call -> call.kind() == Kind.WRITE, Fault.ENOSPC);

        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DISK_FULL));
        assertThat(fileSystem.list(TEMPORARY)).isEmpty();
        fileSystem.heal();
        served.open(TimelineId.FIRST, 1).close();
    }

    @Test
    void aDirectoryThatCannotBeReadIsToldAndTriedAgain() throws IOException {
        archive(1);
        fileSystem.failWhen(call -> call.kind() == Kind.LIST, Fault.EIO);
        assertThatThrownBy(served::poll)
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("could not read directory \"" + ARCHIVE + "\"");
        fileSystem.heal();
        settle();

        assertThat(served.position()).isEqualTo(upto(1));
    }

    @Test
    void noFileStaysOpen() throws IOException {
        archive(1);
        archiveCompressed(2);
        archive(3);
        long before = fileSystem.calls();
        settle();
        served.open(TimelineId.FIRST, 1).close();
        served.open(TimelineId.FIRST, 2).close();
        served.oldestSegment();

        List<FileCall> since =
                fileSystem.log().stream().filter(call -> call.number() > before).toList();
        assertThat(since.stream().filter(call -> call.kind() == Kind.OPEN || call.kind() == Kind.CREATE))
                .hasSize((int)
                        since.stream().filter(call -> call.kind() == Kind.CLOSE).count());
    }

    private void settle() {
        for (int i = 0; i < 4; i++) {
            served.poll();
        }
    }

    private void archive(int segment) throws IOException {
        write(name(segment), wal.bytes(SIZE.start(segment), SIZE.bytes()));
    }

    private void archiveCompressed(int segment) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(wal.bytes(SIZE.start(segment), SIZE.bytes()));
        }
        write(name(segment) + ".gz", compressed.toByteArray());
    }

    private void write(String name, byte[] content) throws IOException {
        try (WalFile file = fileSystem.create(ARCHIVE.resolve(name), FileMode.OWNER)) {
            file.write(ByteBuffer.wrap(content), 0);
        }
    }

    private static String name(int segment) {
        return new SegmentName(TimelineId.FIRST, segment).fileName(SIZE);
    }

    private static ServedPosition upto(int segment) {
        return new ServedPosition(TimelineId.FIRST, SIZE.start(segment + 1));
    }

    private static int indexOf(List<FileCall> log, Kind kind, String name) {
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).kind() == kind && log.get(i).path().equals(ARCHIVE.resolve(name))) {
                return i;
            }
        }
        return -1;
    }
}
