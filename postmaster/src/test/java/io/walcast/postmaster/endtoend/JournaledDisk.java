// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** An ext4 in a file, whose power can be cut; unmounted when closed. Only root can have one. */
final class JournaledDisk implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** EXT4_IOC_SHUTDOWN: 1 writes the journal first, 2 writes nothing. */
    private static final String CUT = "import fcntl, os, struct, sys; "
            + "fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', int(sys.argv[2])))";

    private final Path image;
    private final Path mountPoint;

    private JournaledDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /** Makes one in {@code parent}; where it may not be mounted, the test is left out. */
    static JournaledDisk make(Path parent, int megabytes) {
        Path image = parent.resolve("disk");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
            Path mountPoint = Files.createDirectory(parent.resolve("mounted"));
            Tool.require("mkfs.ext4").run(TIMEOUT, "-q", "-F", image.toString()).requireSuccess();
            JournaledDisk disk = new JournaledDisk(image, mountPoint);
            Tool.Result mounted = disk.mount();
            if (mounted.exitCode() != 0) {
                MissingGroups.ofBuild()
                        .leaveOut("power cuts", "mount: " + mounted.stderr().strip());
            }
            Files.createDirectory(disk.directory());
            disk.mountAgain();
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tool.Result mount() {
        return Tool.require("mount").run(TIMEOUT, "-o", "loop", image.toString(), mountPoint.toString());
    }

    /** Returns a directory on it, that is there for good. */
    Path directory() {
        return mountPoint.resolve("wal");
    }

    /** Cuts the power: nothing can be written from now on, and what the cache holds is lost, but for the journal if so wanted. */
    void cut(boolean journalFirst) {
        Tool.require("python3")
                .run(TIMEOUT, "-c", CUT, mountPoint.toString(), journalFirst ? "1" : "2")
                .requireSuccess();
    }

    /** Switches it on again. */
    void mountAgain() {
        close();
        mount().requireSuccess();
    }

    @Override
    public void close() {
        Tool.require("umount").run(TIMEOUT, mountPoint.toString()).requireSuccess();
    }
}
