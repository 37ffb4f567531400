// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredIdentityTest {
    private static final SystemIdentifier OURS = new SystemIdentifier(TestWal.SYSTEM_IDENTIFIER);
    private static final SystemIdentifier ANOTHER = new SystemIdentifier(-1);

    @TempDir
    private Path directory;

    @Test
    void isKnownWhenNoSegmentIsLeft() throws IOException {
        try (WalDirectory wal = open()) {
            assertThat(wal.systemIdentifier()).isEmpty();
            assertThat(wal.segmentSize()).isEmpty();
            wal.rememberIdentity(OURS, TestWal.SIZE);
            wal.rememberIdentity(OURS, TestWal.SIZE);
        }

        try (WalDirectory wal = open()) {
            assertThat(wal.systemIdentifier()).contains(OURS);
            assertThat(wal.segmentSize()).contains(TestWal.SIZE);
        }
        assertThat(TestWal.names(directory)).isEmpty();
        assertThat(TestWal.names(directory.resolve(".walcast"))).containsExactly("identity", "lock");
    }

    @Test
    void isNeverReplaced() throws IOException {
        try (WalDirectory wal = open()) {
            wal.rememberIdentity(ANOTHER, TestWal.SIZE);
            byte[] before = Files.readAllBytes(file());

            assertRefused(wal, OURS, TestWal.SIZE);
            assertRefused(wal, ANOTHER, SegmentSize.DEFAULT);
            assertThat(file()).hasBinaryContent(before);
            assertThat(wal.systemIdentifier()).contains(ANOTHER);
        }
    }

    @Test
    void isNotTheContraryOfWhatTheSegmentsTell() {
        try (WalDirectory wal = open()) {
            try (SegmentWriter writer =
                    wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(TestWal.SIZE.bytes()))) {
                assertThat(writer.append(TestWal.bytes(writer.position(), 1000)))
                        .isTrue();
            }

            assertRefused(wal, ANOTHER, TestWal.SIZE);
            assertThat(file()).doesNotExist();
            wal.rememberIdentity(OURS, TestWal.SIZE);
            assertThat(file()).exists();
        }
    }

    @Test
    void isAnErrorWhenItIsDamaged() throws IOException {
        try (WalDirectory wal = open()) {
            wal.rememberIdentity(OURS, TestWal.SIZE);
        }
        byte[] whole = Files.readAllBytes(file());
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            assertDamaged(damaged);
            assertDamaged(Arrays.copyOf(whole, i));
        }
        assertDamaged(Arrays.copyOf(whole, whole.length + 1));
    }

    private void assertDamaged(byte[] content) throws IOException {
        Files.write(file(), content);
        try (WalDirectory wal = open()) {
            assertThatThrownBy(wal::systemIdentifier)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED))
                    .hasMessage("file \"%s\" is damaged", file());
            assertThatThrownBy(() -> wal.rememberIdentity(OURS, TestWal.SIZE)).isInstanceOf(StorageException.class);
            assertThat(file()).hasBinaryContent(content);
        }
    }

    private static void assertRefused(WalDirectory wal, SystemIdentifier systemIdentifier, SegmentSize size) {
        assertThatThrownBy(() -> wal.rememberIdentity(systemIdentifier, size))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE))
                .hasMessageContaining("(the stream has " + systemIdentifier + ", " + size + ")");
    }

    private Path file() {
        return directory.resolve(".walcast").resolve("identity");
    }

    private WalDirectory open() {
        return WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS);
    }
}
