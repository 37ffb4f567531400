// SPDX-License-Identifier: Apache-2.0
package io.walcast.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for parsers that read one by its path: its owner's alone, removed when the machine ends. One thread. */
public final class TemporaryFile {
    private final Path path;

    /** Makes it, empty. */
    public TemporaryFile() {
        try {
            path = Files.createTempFile("fuzz", null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        path.toFile().deleteOnExit();
    }

    /** Returns its path when it holds {@code content} and nothing else. */
    public Path with(byte[] content) {
        try {
            return Files.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
