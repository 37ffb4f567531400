// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Tells from the files of a directory where streaming goes on. */
final class StreamStartFinder {
    private static final String GZIP = ".gz";

    /** A record is in memory while it is checked. */
    private static final long MAX_BACK_BYTES = 64 << 20;

    private final DirectoryLayout layout;

    StreamStartFinder(DirectoryLayout layout) {
        this.layout = layout;
    }

    Optional<StreamStart> streamStart(SegmentSize size) throws IOException {
        List<WalFileName> segments = layout.segments();
        for (int i = segments.size() - 1; i >= 0; i--) {
            WalFileName file = segments.get(i);
            Optional<SegmentName> name = file.segmentName(size);
            if (name.isEmpty() || !(file.partial() || hasRightSize(file, size))) {
                continue;
            }
            SegmentName next = file.partial() ? name.get() : name.get().next();
            Lsn start = new Lsn(next.segmentNumber() * size.bytes());
            if (name.get().segmentNumber() > 0 && start.isValid()) {
                return Optional.of(new StreamStart(next.timeline(), start));
            }
        }
        return Optional.empty();
    }

    private boolean hasRightSize(WalFileName file, SegmentSize size) throws IOException {
        Path path = layout.file(file.fileName());
        long bytes = layout.regular(path).map(FileEntry::size).orElse(-1L);
        if (bytes < 0) {
            return false;
        }
        if (file.isPlain()) {
            return isRight(bytes, size, "segment file \"%s\" has incorrect size %d, skipping", file);
        }
        OptionalLong uncompressed = file.compression().equals(GZIP)
                ? OptionalLong.of(uncompressedBytes(path, bytes))
                : decompressedBytes(path, file);
        return uncompressed.isEmpty()
                || isRight(
                        uncompressed.getAsLong(),
                        size,
                        "compressed segment file \"%s\" has incorrect uncompressed size %d, skipping",
                        file);
    }

    /** Returns how much content the file has, or empty if that cannot be told here. */
    private OptionalLong decompressedBytes(Path path, WalFileName file) throws IOException {
        if (layout.decompressor(file.compression()) == null) {
            return OptionalLong.empty();
        }
        long bytes = layout.wholeBytes(path, file.compression())
                .orElseThrow(() -> new StorageException(
                        SqlState.DATA_CORRUPTED, "could not decompress file \"" + path + "\"", null));
        return OptionalLong.of(bytes);
    }

    private boolean isRight(long bytes, SegmentSize size, String warning, WalFileName file) {
        if (bytes != size.bytes()) {
            layout.warn(warning.formatted(file.fileName(), bytes));
        }
        return bytes == size.bytes();
    }

    /** Returns what the last four bytes of a gzip file say. */
    private long uncompressedBytes(Path path, long bytes) throws IOException {
        ByteBuffer size = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes < size.capacity()) {
            return 0;
        }
        try (WalFile file = layout.fileSystem.openForReading(path)) {
            file.readFully(size, bytes - size.capacity());
        }
        return size.hasRemaining() ? 0 : Integer.toUnsignedLong(size.getInt(0));
    }

    Lsn storedEnd(TimelineId timeline, SegmentSize size) throws IOException {
        WalFileName newest = newest(timeline, size);
        Lsn end = Lsn.INVALID;
        for (WalFileName file : layout.segments()) { // one may be there in several formats
            if (newest != null && file.segment().equals(newest.segment()) && file.partial() == newest.partial()) {
                end = Lsn.max(end, storedEnd(file, size));
            }
        }
        return end;
    }

    private @Nullable WalFileName newest(TimelineId timeline, SegmentSize size) throws IOException {
        return layout.segments().stream()
                .filter(file -> isOn(timeline, file, size))
                .reduce((older, newer) -> newer)
                .orElse(null);
    }

    /** Returns the newest segment of {@code timeline}, passing over finished ones of a wrong size; null if there is none. */
    @Nullable
    WalFileName newestWhole(TimelineId timeline, SegmentSize size) throws IOException {
        List<WalFileName> segments = layout.segments();
        for (int i = segments.size() - 1; i >= 0; i--) {
            WalFileName file = segments.get(i);
            if (isOn(timeline, file, size) && (file.partial() || hasRightSize(file, size))) {
                return file;
            }
        }
        return null;
    }

    private static boolean isOn(TimelineId timeline, WalFileName file, SegmentSize size) {
        return file.segmentName(size)
                .filter(name -> name.timeline().equals(timeline))
                .isPresent();
    }

    private static long start(WalFileName file, SegmentSize size) {
        return file.segmentName(size).orElseThrow().segmentNumber() * size.bytes();
    }

    Lsn endOfWal(TimelineId timeline, SegmentSize size) throws IOException {
        Optional<Lsn> end = lastRecordEnd(timeline, size);
        return end.isPresent() ? end.get() : storedEnd(timeline, size);
    }

    /** Returns the end of the last whole, valid record on {@code timeline}, or empty if none can be found. */
    Optional<Lsn> lastRecordEnd(TimelineId timeline, SegmentSize size) throws IOException {
        List<Lsn> starts = starts(timeline, size);
        try (DirectoryPageSource pages = new DirectoryPageSource(layout, timeline, size)) {
            for (int i = starts.size() - 1; i >= 0; i--) {
                Lsn end = endOfWal(pages, starts.get(i), size);
                if (end != null) {
                    return Optional.of(end);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Returns whether the record that goes on at the start of the newest segment, if one does, is whole; true if the segment
     * where it begins is not there, false if that is further back than can be told with little memory.
     */
    boolean isContinuationWhole(TimelineId timeline, Lsn segmentStart, SegmentSize size) throws IOException {
        List<Lsn> starts = starts(timeline, size);
        try (DirectoryPageSource pages = new DirectoryPageSource(layout, timeline, size)) {
            ByteBuffer page = ByteBuffer.allocate(XLogPageHeader.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (pages.read(segmentStart, page) < XLogPageHeader.PAGE_BYTES
                    || !XLogPageHeader.has(page, 0, XLogPageHeader.FIRST_IS_CONTRECORD)) {
                return true;
            }
            long back = size.bytes();
            while (starts.contains(new Lsn(segmentStart.value() - back))) {
                Lsn end = endOfWal(pages, new Lsn(segmentStart.value() - back), segmentStart, size);
                if (end != null) {
                    return end.isAfter(segmentStart);
                }
                back += size.bytes();
                if (back > MAX_BACK_BYTES) {
                    return false;
                }
            }
            return true;
        }
    }

    /** As {@link #endOfWal(DirectoryPageSource, Lsn, SegmentSize)}, null if no record begins before {@code limit}. */
    private static @Nullable Lsn endOfWal(DirectoryPageSource pages, Lsn from, Lsn limit, SegmentSize size) {
        XLogReader reader = new XLogReader(pages, XLogReaderOptions.of(size));
        Optional<Lsn> first = reader.findNextRecord(from);
        if (first.isPresent()) {
            return first.get().isBefore(limit) ? reader.readToEnd().end() : null;
        }
        Lsn invalid = reader.endOfWal().end(); // the record that begins there, if that is not where the search began
        return invalid.isAfter(from) && invalid.isBefore(limit) ? invalid : null;
    }

    private List<Lsn> starts(TimelineId timeline, SegmentSize size) throws IOException {
        return layout.segments().stream()
                .filter(file -> isOn(timeline, file, size))
                .map(file -> new Lsn(start(file, size)))
                .toList();
    }

    private static @Nullable Lsn endOfWal(DirectoryPageSource pages, Lsn from, SegmentSize size) {
        XLogReader reader = new XLogReader(pages, XLogReaderOptions.of(size));
        return reader.findNextRecord(from).isEmpty() ? null : reader.readToEnd().end();
    }

    private Lsn storedEnd(WalFileName file, SegmentSize size) throws IOException {
        long start = start(file, size);
        if (!file.partial()) {
            return new Lsn(start + size.bytes());
        }
        Path path = layout.file(file.fileName());
        long bytes = layout.regular(path).map(FileEntry::size).orElse(0L);
        if (!file.isPlain()) {
            return new Lsn(start + reliableBytes(path, file, size));
        }
        if (bytes != size.bytes()) {
            return new Lsn(start);
        }
        try (WalFile partial = layout.fileSystem.openForReading(path)) {
            return new Lsn(start + StoredBytes.end(partial, size.bytes()));
        } catch (NoSuchFileException e) {
            return new Lsn(start);
        }
    }

    private long reliableBytes(Path path, WalFileName file, SegmentSize size) throws IOException {
        if (layout.decompressor(file.compression()) == null) {
            return 0;
        }
        try {
            return Math.min(size.bytes(), layout.reliableBytes(path, file.compression()));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
