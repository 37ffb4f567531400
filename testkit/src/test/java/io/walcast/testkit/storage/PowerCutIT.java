// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.RequiresTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power fails under a real ext4, as root: the file system is shut down without a chance to write anything more, mounted
 * again, and asked for every byte that was called flushed.
 */
@RequiresTool({"mkfs.ext4", "mount", "umount", "python3"})
class PowerCutIT {
    private static final int DISKS = Integer.getInteger("walcast.powerCuts", 6) / 3;
    private static final int CUTS_OF_EACH = 3;
    private static final long DISK_BYTES = 200L << 20;

    /** EXT4_IOC_SHUTDOWN: 1 writes the journal first, 2 writes nothing. */
    private static final String CUT = "import fcntl, os, struct, sys; "
            + "fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', int(sys.argv[2])))";

    @TempDir
    private Path parent;

    private Path image = Path.of("unset");
    private Path disk = Path.of("unset");
    private boolean mounted;

    @BeforeEach
    void name() throws IOException {
        image = parent.resolve("disk");
        disk = Files.createDirectory(parent.resolve("mounted"));
    }

    @Test
    void losesNothingThatWasFlushed() throws Exception {
        for (int i = 0; i < DISKS; i++) {
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(DISK_BYTES);
            }
            assertThat(run("mkfs.ext4", "-q", "-F", image.toString())).isTrue();
            mount();
            if (!mounted) {
                MissingGroups.ofBuild().leaveOut("power cuts", "only root may mount");
            }
            Lsn flushed = CutOffReceiver.START;
            for (int cut = 0; cut < CUTS_OF_EACH; cut++) {
                flushed = receiveUntilTheCut(disk, flushed, i * CUTS_OF_EACH + cut);
                unmount();
                mount();
                assertThat(mounted).isTrue();
                requireAll(disk.resolve("wal"), flushed);
            }
            unmount();
        }
    }

    private void mount() throws IOException, InterruptedException {
        mounted = run("mount", "-o", "loop", image.toString(), disk.toString());
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            mounted = !run("umount", disk.toString());
            assertThat(mounted).isFalse();
        }
    }

    private static Lsn receiveUntilTheCut(Path disk, Lsn before, int number) throws Exception {
        Process receiver = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CutOffReceiver.class.getName(),
                        disk.resolve("wal").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Lsn flushed = before;
        try (BufferedReader output = receiver.inputReader(UTF_8)) {
            for (int lines = 0; lines < 1 + 13 * number; lines++) {
                flushed = Lsn.max(flushed, Lsn.parse(output.readLine()));
            }
            assertThat(run("python3", "-c", CUT, disk.toString(), String.valueOf(1 + number % 2)))
                    .isTrue();
            receiver.toHandle().destroyForcibly(); // and leaves the output to be read
            for (String line : output.lines().toList()) {
                flushed = Lsn.max(flushed, Lsn.parse(line));
            }
        } finally {
            receiver.destroyForcibly();
            assertThat(receiver.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        return flushed;
    }

    private static void requireAll(Path directory, Lsn flushed) throws IOException {
        List<String> warnings = new ArrayList<>();
        WalDirectoryOptions options =
                WalDirectoryOptions.DEFAULTS.withCreate(true).withWarnings(warnings::add);
        try (WalDirectory wal = WalDirectory.open(directory, options)) {
            Lsn start =
                    wal.streamStart(CutOffReceiver.SIZE).map(StreamStart::lsn).orElse(CutOffReceiver.START);
            Lsn end = Lsn.max(start, flushed);
            for (Lsn at = CutOffReceiver.START; at.isBefore(end); at = at.plus(CutOffReceiver.SIZE.bytes())) {
                requireSegment(directory, at, end, at.isBefore(start));
            }
        }
        assertThat(warnings).isEmpty();
    }

    private static void requireSegment(Path directory, Lsn at, Lsn end, boolean mustBeFinished) throws IOException {
        SegmentName name = SegmentName.containing(TimelineId.FIRST, at, CutOffReceiver.SIZE);
        Path finished = directory.resolve(name.fileName(CutOffReceiver.SIZE));
        Path file = mustBeFinished || Files.exists(finished)
                ? finished
                : directory.resolve(finished.getFileName() + ".partial");
        int bytes = (int) Math.min(end.minus(at), CutOffReceiver.SIZE.bytes());
        byte[] expected = CutOffReceiver.segment(name.segmentNumber()).array();
        byte[] found = Files.readAllBytes(file);
        assertThat(found).hasSameSizeAs(expected);
        assertThat(Arrays.mismatch(found, 0, bytes, expected, 0, bytes))
                .as("first wrong byte of %s, flushed up to %s", file.getFileName(), end)
                .isEqualTo(-1);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() == 0;
    }
}
