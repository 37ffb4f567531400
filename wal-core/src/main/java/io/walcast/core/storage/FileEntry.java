// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * What a directory says of one name in it. Links are not followed.
 *
 * @param name the last part of the path
 * @param kind what it is
 * @param size its size in bytes; 0 unless it is a regular file
 * @param permissions its permission bits; empty where the file system has none
 */
public record FileEntry(String name, Kind kind, long size, Set<PosixFilePermission> permissions) {

    public FileEntry {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        permissions = Set.copyOf(permissions);
    }

    /** Returns whether this is a regular file. */
    public boolean isRegular() {
        return kind == Kind.REGULAR;
    }

    /** What a name stands for. */
    public enum Kind {
        /** A regular file. */
        REGULAR,
        /** A directory. */
        DIRECTORY,
        /** A symbolic link, to whatever. */
        LINK,
        /** A pipe, a device, a socket. */
        OTHER
    }
}
