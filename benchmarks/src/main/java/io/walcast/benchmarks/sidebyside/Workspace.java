// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** A directory to work in, on a disk, that is removed at the end. */
final class Workspace implements AutoCloseable {
    private static final Set<String> NO_DISK = Set.of("tmpfs", "ramfs");

    private final Path path;
    private final String fileSystem;
    private final boolean keep;
    private final Thread shutdownHook = new Thread(this::remove, "side-by-side-shutdown");

    private Workspace(Path path, String fileSystem, boolean keep) {
        this.path = path;
        this.fileSystem = fileSystem;
        this.keep = keep;
    }

    /**
     * Makes one below {@code parent}.
     *
     * @throws UnavailableException if that lies in memory, where syncing costs nothing
     */
    static Workspace create(Path parent, boolean keep) throws IOException {
        Files.createDirectories(parent);
        String type = Files.getFileStore(parent).type();
        if (NO_DISK.contains(type)) {
            throw new UnavailableException("--directory: %s is a %s (expected: a disk)".formatted(parent, type));
        }
        Workspace workspace = new Workspace(Files.createTempDirectory(parent.toAbsolutePath(), "work-"), type, keep);
        Runtime.getRuntime().addShutdownHook(workspace.shutdownHook);
        return workspace;
    }

    Path path() {
        return path;
    }

    String fileSystem() {
        return fileSystem;
    }

    /** Returns an empty directory of this name, whatever was there before. */
    Path freshDirectory(String name) {
        Path directory = path.resolve(name);
        delete(directory);
        try {
            return Files.createDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the disk has all that was written, so that nobody pays for what came before. */
    void sync() {
        try {
            Process process = new ProcessBuilder("sync").inheritIO().start();
            if (process.waitFor() != 0) {
                throw new MeasurementException("sync failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted");
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
        remove();
    }

    private void remove() {
        if (!keep) {
            delete(path);
        }
    }

    private static void delete(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
