// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.time.Duration;

/** A file system in memory of few megabytes, unmounted when closed. Only root can have one. */
final class TinyDisk implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path mountPoint;

    private TinyDisk(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /** Mounts one on {@code mountPoint}, an empty directory; where that is not allowed, the test is left out. */
    static TinyDisk mount(Path mountPoint, int megabytes) {
        Tool.Result result = Tool.require("mount")
                .run(TIMEOUT, "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", mountPoint.toString());
        if (result.exitCode() != 0) {
            String why = "mount: " + result.stderr().strip();
            MissingGroups.ofBuild().leaveOut("full disk", why);
        }
        return new TinyDisk(mountPoint);
    }

    /** Returns the directory that holds its files. */
    Path directory() {
        return mountPoint;
    }

    @Override
    public void close() {
        Tool.require("umount").run(TIMEOUT, mountPoint.toString()).requireSuccess();
    }
}
