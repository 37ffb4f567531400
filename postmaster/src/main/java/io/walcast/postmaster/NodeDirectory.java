// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where the files of a node are. A directory with a {@code walcast.conf} is laid out as a data directory of PostgreSQL; any
 * other holds WAL and nothing else, and what is ours hides in {@code .walcast}.
 *
 * @param directory what the operator named
 * @param home where settings, access rules and slots are
 * @param wal where the WAL is
 */
public record NodeDirectory(Path directory, Path home, Path wal) {
    /** The file with the settings, in the home. */
    public static final String SETTINGS = "walcast.conf";

    private static final String OWN = ".walcast";
    private static final String WAL = "pg_wal";

    public NodeDirectory {
        requireNonNull(directory, "directory");
        requireNonNull(home, "home");
        requireNonNull(wal, "wal");
    }

    /** Looks at {@code directory}; it may be missing. */
    public static NodeDirectory of(Path directory) {
        boolean laidOut = Files.isRegularFile(directory.resolve(SETTINGS), LinkOption.NOFOLLOW_LINKS);
        return laidOut ? laidOut(directory) : bare(directory);
    }

    /** Returns the layout of a data directory. */
    public static NodeDirectory laidOut(Path directory) {
        return new NodeDirectory(directory, directory, directory.resolve(WAL));
    }

    /** Returns the layout of a directory that holds nothing but WAL. */
    public static NodeDirectory bare(Path directory) {
        return new NodeDirectory(directory, directory.resolve(OWN), directory);
    }

    /** Returns whether the directory holds WAL only, as {@code pg_receivewal} and archives leave it. */
    public boolean isBare() {
        return wal.equals(directory);
    }
}
