// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.RequiresTool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 4 MB that fills up, as root. */
@RequiresTool(value = {"mount", "umount"})
class FullDiskIT {
    private static final int SEGMENT = StreamBytes.SIZE.bytes();
    private static final int ROUNDS = 20;
    private static final int DISK_BYTES = 4 << 20;

    @TempDir
    private Path parent;

    private Path directory = Path.of("unset");
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        directory = Files.createDirectory(parent.resolve("wal"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.toString());
        if (!mounted) {
            MissingGroups.ofBuild().leaveOut("full disk", "only root may mount");
        }
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", directory.toString())).isTrue();
        }
    }

    @Test
    void pausesAndGoesOnAtTheSamePosition() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            Lsn full = fill(writer);
            assertThat(full).isEqualTo(StreamBytes.START.plus(3L * SEGMENT));
            assertThat(writer.flush()).isEqualTo(full);
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(writer.append(StreamBytes.from(full, 1000))).isFalse();
                assertThat(writer.written()).isEqualTo(full);
            }

            // What an archiver would do.
            Files.delete(directory.resolve("000000010000000000000005"));

            assertThat(writer.append(StreamBytes.from(full, 1000))).isTrue();
            assertThat(writer.flush()).isEqualTo(full.plus(1000));
        }

        byte[] content = Files.readAllBytes(directory.resolve("000000010000000000000008.partial"));
        assertThat(StreamBytes.matches(
                        content, StreamBytes.START.plus(3L * SEGMENT), StreamBytes.START.plus(3L * SEGMENT + 1000)))
                .isTrue();
    }

    @Test
    void doesNotStartWithoutRoomForTheTailAndChangesNothing() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            assertThat(writer.append(StreamBytes.from(StreamBytes.START, 1000))).isTrue();
        }
        byte[] tail = Files.readAllBytes(directory.resolve("000000010000000000000005.partial"));
        Path filler = directory.resolve("filler");
        fill(filler);

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DISK_FULL))
                .hasMessageStartingWith("could not open directory \"" + directory + "\"");

        assertThat(directory.resolve("000000010000000000000005.partial")).hasBinaryContent(tail);
        try (Stream<Path> own = Files.list(directory.resolve(".walcast"))) {
            assertThat(own).containsExactly(directory.resolve(".walcast").resolve("lock"));
        }
        Files.delete(filler);
        open().close();
    }

    @Test
    void whatHasNoRoomMayBeTriedAgainWhenThereIsSome() throws IOException {
        Path filler = directory.resolve("filler");
        SystemIdentifier system = new SystemIdentifier(StreamBytes.SYSTEM_IDENTIFIER);
        TimelineId second = new TimelineId(2);
        byte[] history = "1\t0/600000\tno recovery target specified\n".getBytes(US_ASCII);
        try (WalDirectory wal = open()) {
            fill(filler);
            assertDiskFull(() -> wal.rememberIdentity(system, StreamBytes.SIZE));
            assertDiskFull(() -> wal.writeHistory(second, history));
            try (SegmentWriter writer = openSegments(wal)) {
                assertThat(writer.append(StreamBytes.from(StreamBytes.START, 1000)))
                        .isFalse();
                Files.delete(filler);

                wal.rememberIdentity(system, StreamBytes.SIZE);
                wal.writeHistory(second, history);
                assertThat(writer.append(StreamBytes.from(StreamBytes.START, 600_000)))
                        .isTrue();
                fill(filler);
                assertThat(writer.wantsPrepare()).isTrue();
                writer.prepareNext();
                assertThat(writer.append(StreamBytes.from(writer.position(), SEGMENT - 600_000)))
                        .isTrue();
                assertThat(writer.append(StreamBytes.from(writer.position(), 1000)))
                        .isFalse();
                assertThat(writer.flush()).isEqualTo(StreamBytes.START.plus(SEGMENT));
                Files.delete(filler);
                assertThat(writer.append(StreamBytes.from(writer.position(), 1000)))
                        .isTrue();
            }
            assertThat(wal.systemIdentifier()).contains(system);
            assertThat(wal.readHistory(second)).contains(history);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            ".walcast",
                            "00000002.history",
                            "000000010000000000000005",
                            "000000010000000000000006.partial");
        }
    }

    private static void fill(Path filler) {
        assertThatThrownBy(() -> Files.write(filler, new byte[DISK_BYTES])).isInstanceOf(IOException.class);
    }

    private static void assertDiskFull(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DISK_FULL));
    }

    private static SegmentWriter openSegments(WalDirectory wal) {
        return wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START);
    }

    private static Lsn fill(SegmentWriter writer) {
        while (true) {
            ByteBuffer payload = StreamBytes.from(writer.position(), 100_000);
            if (!writer.append(payload)) {
                return writer.written();
            }
            if (writer.wantsPrepare()) {
                writer.prepareNext();
            }
        }
    }

    private WalDirectory open() {
        return WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() == 0;
    }
}
