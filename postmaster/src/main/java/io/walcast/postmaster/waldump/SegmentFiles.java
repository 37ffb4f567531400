// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.SegmentSize;
import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.postmaster.compression.Decompressors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The WAL files of one directory: finished or {@code .partial}, compressed or not. Stateless but for what the disk holds. */
final class SegmentFiles {
    private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}(\\.gz|\\.lz4|\\.zst)?(\\.partial)?");
    private static final String PARTIAL = ".partial";
    private static final String PG_WAL = "pg_wal";
    static final int NAME_LENGTH = 24;

    private final Path directory;
    private final SegmentSize size;

    private SegmentFiles(Path directory, SegmentSize size) {
        this.directory = directory;
        this.size = size;
    }

    /**
     * Finds the directory as {@code pg_waldump} does: {@code path} or the {@code pg_wal} below it; without one, the current
     * directory, its {@code pg_wal}, and that of {@code $PGDATA}.
     *
     * @param path where to look, or null
     * @param fileName a file that must be there, or null for any
     */
    static SegmentFiles locate(@Nullable Path path, @Nullable String fileName) {
        for (Path candidate : candidates(path)) {
            Path file = fileName == null ? anyIn(candidate) : existing(candidate.resolve(fileName));
            if (file != null) {
                return new SegmentFiles(candidate, sizeOf(file));
            }
        }
        throw new WalDumpException(
                fileName == null ? "could not find any WAL file" : "could not locate WAL file \"" + fileName + "\"");
    }

    private static List<Path> candidates(@Nullable Path path) {
        List<Path> candidates = new ArrayList<>();
        if (path != null) {
            candidates.add(path);
            candidates.add(path.resolve(PG_WAL));
            return candidates;
        }
        candidates.add(Path.of("."));
        candidates.add(Path.of(PG_WAL));
        String data = System.getenv("PGDATA");
        if (data != null) {
            candidates.add(Path.of(data, PG_WAL));
        }
        return candidates;
    }

    private static @Nullable Path anyIn(Path directory) {
        if (!Files.isDirectory(directory)) {
            return null;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> NAME.matcher(nameOf(file)).matches())
                    .min(Comparator.comparing((Path file) -> nameOf(file).length())
                            .thenComparing(SegmentFiles::nameOf))
                    .orElse(null);
        } catch (IOException e) {
            throw new WalDumpException("could not read directory \"" + directory + "\": " + reason(e), e);
        }
    }

    private static @Nullable Path existing(Path file) {
        return Files.exists(file) ? file : null;
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static SegmentSize sizeOf(Path file) {
        ByteBuffer page = ByteBuffer.allocate(XLogPageHeader.PAGE_BYTES);
        int read;
        try (SegmentContent content = open(file)) {
            read = content.read(page, 0);
        } catch (IOException e) {
            throw new WalDumpException("could not read file \"" + nameOf(file) + "\": " + reason(e), e);
        }
        if (read < page.capacity()) {
            throw new WalDumpException("could not read file \"%s\": read %d of %d"
                    .formatted(nameOf(file), read, XLogPageHeader.PAGE_BYTES));
        }
        int bytes = XLogPageHeader.segmentSize(page, 0);
        if (bytes < SegmentSize.MIN_BYTES || bytes > SegmentSize.MAX_BYTES || Integer.bitCount(bytes) != 1) {
            throw new WalDumpException(
                    "WAL segment size must be a power of two between 1 MB and 1 GB, but the WAL file \"" + nameOf(file)
                            + "\" header specifies " + bytes + " bytes");
        }
        return new SegmentSize(bytes);
    }

    /** Returns the size of the segments. */
    SegmentSize size() {
        return size;
    }

    /** Returns whether a file of exactly this name is there. */
    boolean has(String fileName) {
        return Files.exists(directory.resolve(fileName));
    }

    /**
     * Opens the file that holds a segment: finished before unfinished, plain before compressed.
     *
     * @param segment the name of a finished, plain one
     * @return null if there is none
     */
    @Nullable
    SegmentContent find(String segment) throws IOException {
        for (String partial : List.of("", PARTIAL)) {
            Path plain = directory.resolve(segment + partial);
            if (Files.exists(plain)) {
                return open(plain);
            }
            for (SegmentDecompressor kind : Decompressors.ALL) {
                Path compressed = directory.resolve(segment + kind.suffix() + partial);
                if (Files.exists(compressed)) {
                    return open(compressed);
                }
            }
        }
        return null;
    }

    private static SegmentContent open(Path file) throws IOException {
        String name = nameOf(file);
        String finished = name.endsWith(PARTIAL) ? name.substring(0, name.length() - PARTIAL.length()) : name;
        for (SegmentDecompressor kind : Decompressors.ALL) {
            if (finished.endsWith(kind.suffix())) {
                return SegmentContent.open(file, kind);
            }
        }
        return SegmentContent.open(file, null);
    }

    static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
