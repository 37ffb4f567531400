// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The tour's directory. It is removed at the end, also when the program is interrupted; the received WAL may be kept.
 *
 * @param root the directory
 * @param keep whether the received WAL stays
 */
record TourFiles(Path root, boolean keep) implements AutoCloseable {
    private static final long PATIENCE_S = 20;
    private static final long PAUSE_MS = 20;

    static TourFiles create(boolean keep) throws IOException {
        TourFiles files = new TourFiles(Files.createTempDirectory("walcast-quickstart-"), keep);
        Files.createDirectory(files.wal());
        Runtime.getRuntime().addShutdownHook(new Thread(files::removeWhileOthersEnd, "walcast-quickstart-cleanup"));
        return files;
    }

    /** Returns where the receiver puts its WAL. */
    Path wal() {
        return root.resolve("wal");
    }

    /** Returns the home of the relay. */
    Path relay() {
        return root.resolve("relay");
    }

    /** Returns the home of a relay behind it. */
    Path secondRelay() {
        return root.resolve("relay2");
    }

    /** Returns where the server puts its own. */
    Path server() {
        return root.resolve("server");
    }

    @Override
    public void close() {
        remove();
    }

    /** The hooks that end the server and the receiver run at the same time; until then these go on writing here. */
    private void removeWhileOthersEnd() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (Files.exists(unwanted()) && System.nanoTime() - deadline < 0) {
            try {
                remove();
            } catch (UncheckedIOException e) {
                // Something came or went under our hands; what is there now is seen by the next try.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
            }
        }
    }

    private Path unwanted() {
        return keep ? server() : root;
    }

    private void remove() {
        Path gone = unwanted();
        if (!Files.exists(gone)) {
            return;
        }
        try (Stream<Path> all = Files.walk(gone)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
