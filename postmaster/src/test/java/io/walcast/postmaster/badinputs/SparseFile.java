// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A file of any size that takes no room. */
final class SparseFile {
    private SparseFile() {}

    static void create(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
    }
}
