// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The look at the directory before anything is connected, with the system's words for what is wrong. */
final class TargetDirectory {
    private TargetDirectory() {}

    /**
     * Returns the directory.
     *
     * @throws ConfigurationException if it is none that can be read and written
     */
    static Path check(String name) {
        if (name.isEmpty()) {
            throw refused(name, SqlState.UNDEFINED_FILE, "No such file or directory");
        }
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw refused(name, SqlState.INVALID_PARAMETER_VALUE, "Invalid argument");
        }
        if (!Files.isDirectory(path)) {
            boolean exists = Files.exists(path);
            throw refused(name, SqlState.UNDEFINED_FILE, exists ? "Not a directory" : "No such file or directory");
        }
        if (!Files.isReadable(path) || !Files.isExecutable(path)) {
            throw refused(name, SqlState.INSUFFICIENT_PRIVILEGE, "Permission denied");
        }
        return path;
    }

    private static ConfigurationException refused(String name, SqlState state, String why) {
        return new ConfigurationException(state, "could not open directory \"" + name + "\": " + why);
    }
}
