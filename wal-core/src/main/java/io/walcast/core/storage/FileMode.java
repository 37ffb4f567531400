// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may read a file or directory made by us, as PostgreSQL's {@code data_directory_mode} has it. */
public enum FileMode {
    /** The owner only: files 0600, directories 0700. */
    OWNER("rw-------", "rwx------"),

    /** The group may read: files 0640, directories 0750. */
    GROUP_READ("rw-r-----", "rwxr-x---");

    private final String file;
    private final String directory;

    FileMode(String file, String directory) {
        this.file = file;
        this.directory = directory;
    }

    /** Returns the permissions of a file. */
    public Set<PosixFilePermission> file() {
        return PosixFilePermissions.fromString(file);
    }

    /** Returns the permissions of a directory. */
    public Set<PosixFilePermission> directory() {
        return PosixFilePermissions.fromString(directory);
    }

    /** Returns the mode for the copy of a file with the given permissions. */
    static FileMode likeThat(Set<PosixFilePermission> permissions) {
        return permissions.contains(PosixFilePermission.GROUP_READ) ? GROUP_READ : OWNER;
    }
}
