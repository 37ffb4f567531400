// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ReceivedPages;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.PageRules;
import io.walcast.core.wal.RecordScanner;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.core.wal.XLogRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of a stream as they are read back from its files: from the first one that begins in it, each once. Behind a bad
 * one it goes on with the next page.
 *
 * <p>Threading: one owner thread, but for {@link #isWorthReading}.
 */
final class WrittenRecords implements AutoCloseable {
    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;
    private static final int BUFFER_BYTES = 256 * 1024;

    private final SegmentWriter writer;
    private final ReceivedPages pages;
    private final SegmentSize size;
    private final SystemIdentifier systemIdentifier;
    private final @Nullable TimelineHistory history;
    private final TimelineId timeline;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private @Nullable RecordScanner scanner;
    private @Nullable WalVersion version;
    private boolean formatNotKnown;
    private long begun;
    private Consumer<String> problems = problem -> {};

    // Written by the owner thread, read by any.
    private volatile long readUpto;

    /** Prepares to read what {@code writer} writes, from where it is now. */
    WrittenRecords(
            SegmentWriter writer,
            ReceivedPages pages,
            SegmentSize size,
            SystemIdentifier systemIdentifier,
            @Nullable TimelineHistory history) {
        this.writer = writer;
        this.pages = pages;
        this.size = size;
        this.systemIdentifier = systemIdentifier;
        this.history = history;
        timeline = writer.timeline();
        begun = writer.written().value();
        readUpto = begun;
    }

    /** Returns whether there is a whole buffer full to be read before {@code written}. */
    boolean isWorthReading(Lsn written) {
        return written.value() - readUpto >= BUFFER_BYTES;
    }

    /** Reads at most one buffer full, telling what is wrong; returns whether it came any further. */
    boolean advance(Consumer<String> tell) {
        problems = tell;
        long upto = writer.written().value();
        RecordScanner current = scanner(upto);
        if (current == null || Long.compareUnsigned(readUpto, upto) >= 0) {
            return false;
        }
        long base = readUpto & -(long) PAGE_BYTES;
        if (!fill(base, upto)) {
            return skipTaken(current);
        }
        int at = Math.min((int) (readUpto - base), buffer.limit());
        long before = readUpto;
        current.scan(buffer, at, buffer.limit());
        readUpto = current.position().value();
        if (current.isStuck()) {
            goOnBehind(current);
            return true;
        }
        return readUpto != before;
    }

    private boolean fill(long base, long upto) {
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, upto - base));
        boolean there = pages.read(new Lsn(base), buffer);
        buffer.flip();
        return there;
    }

    /** Returns the scanner, made when the first page tells which version writes; null before that. */
    private @Nullable RecordScanner scanner(long upto) {
        if (scanner != null || formatNotKnown || upto - begun < XLogPageHeader.LONG_BYTES || !fill(begun, upto)) {
            return scanner;
        }
        int magic = XLogPageHeader.magic(buffer, 0);
        WalVersion found = WalVersion.ofMagic(magic).orElse(null);
        if (found == null) {
            formatNotKnown = true;
            problems.accept("WAL format %04X not known: records cannot be verified".formatted(magic));
            return null;
        }
        version = found;
        RecordScanner made =
                new RecordScanner(new PageRules(size, found, systemIdentifier, timeline, history), new Told());
        made.begin(new Lsn(begun));
        scanner = made;
        return made;
    }

    /** A finished segment that is not there any more was moved away; reading goes on behind it. */
    private boolean skipTaken(RecordScanner current) {
        Lsn end = new Lsn(size.startOfSegment(new Lsn(readUpto)).value() + size.bytes());
        if (writer.flushed().isBefore(end)) {
            return false; // about to get its name
        }
        problems.accept(
                "WAL segment %s is not there, or not plain: its records are not verified".formatted(fileAt(readUpto)));
        begin(current, end.value());
        return true;
    }

    private void goOnBehind(RecordScanner current) {
        long bad = current.next().value();
        problems.accept("%s, file \"%s\"".formatted(reason(current), fileAt(bad)));
        boolean pageStart = bad % PAGE_BYTES == 0;
        begin(current, pageStart && bad != begun ? bad : (bad & -(long) PAGE_BYTES) + PAGE_BYTES);
    }

    private void begin(RecordScanner current, long page) {
        begun = page;
        current.begin(new Lsn(page));
        readUpto = page;
    }

    private String reason(RecordScanner stuck) {
        Lsn bad = stuck.next();
        EndOfWal end = stuck.last().isValid() ? endBehind(stuck.last(), bad) : null;
        return end == null ? "invalid record or page at " + bad : end.message();
    }

    /** Returns why reading ends behind the record at {@code last}; null if it does not at {@code bad}. */
    private @Nullable EndOfWal endBehind(Lsn last, Lsn bad) {
        XLogReaderOptions options = XLogReaderOptions.of(size);
        WalVersion known = version;
        XLogReader reader = new XLogReader(this::readPages, known == null ? options : options.withVersion(known));
        reader.beginRead(last);
        XLogRecord record = reader.next();
        while (record != null && record.start().isBefore(bad)) {
            record = reader.next();
        }
        return record == null ? reader.endOfWal() : null;
    }

    private int readPages(Lsn start, ByteBuffer into) {
        int before = into.position();
        return pages.read(start, into) ? into.position() - before : 0;
    }

    private String fileAt(long position) {
        return SegmentName.containing(timeline, new Lsn(position), size).fileName(size);
    }

    @Override
    public void close() {
        pages.close();
    }

    /** What does not keep the scanner from going on. */
    private final class Told implements RecordScanner.Findings {
        @Override
        public void badPage(Lsn page, String problem) {
            problems.accept(problem);
        }

        @Override
        public void nonZero(Lsn position) {
            problems.accept(
                    "non-zero bytes after the record at %s, file \"%s\"".formatted(position, fileAt(position.value())));
        }
    }
}
