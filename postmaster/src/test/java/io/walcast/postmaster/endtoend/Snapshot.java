// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The WAL in a receive directory at one moment. What we hide there for ourselves is left out.
 *
 * @param files size and checksum of each file, by name
 */
record Snapshot(Map<String, String> files) {
    private static final String OURS = ".walcast";

    static Snapshot of(Path directory) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> named = all.filter(file -> !file.getFileName().toString().equals(OURS))
                    .toList();
            for (Path file : named) {
                byte[] content = Files.readAllBytes(file);
                CRC32C checksum = new CRC32C();
                checksum.update(content);
                files.put(
                        file.getFileName().toString(),
                        "%d bytes, CRC-32C %08x".formatted(content.length, checksum.getValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Snapshot(files);
    }

    /** Returns the names that end with {@code suffix}. */
    List<String> names(String suffix) {
        return files.keySet().stream().filter(name -> name.endsWith(suffix)).toList();
    }
}
