// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import java.nio.file.Path;

/**
 * A call on a {@link FaultyFileSystem}, or a note made between two of them.
 *
 * @param number its place, from 1
 * @param kind what was called
 * @param path the file or directory; for a rename, the new name
 * @param detail the rest: a position and length, the old name, the text of a note
 */
public record FileCall(long number, Kind kind, Path path, String detail) {

    /** What can be called. */
    public enum Kind {
        CREATE,
        OPEN,
        READ,
        WRITE,
        FORCE,
        TRUNCATE,
        SIZE,
        CLOSE,
        CREATE_DIRECTORY,
        STAT,
        LIST,
        RENAME,
        DELETE,
        SYNC_DIRECTORY,
        LOCK,
        /** Not a call: see {@link FaultyFileSystem#note}. */
        NOTE
    }

    @Override
    public String toString() {
        return "%d %s %s %s".formatted(number, kind, path, detail);
    }
}
