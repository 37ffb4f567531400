// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class XLogReaderFuzzTest {
    private static final int GIVE_VERSION = 1;
    private static final int GIVE_SYSTEM = 2;
    private static final int GIVE_TIMELINE = 4;
    private static final int ALL_PAGES = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 20;

    /** One choice, where to begin, and pages; they are where the first of them says that it is. */
    @FuzzTest
    void findsTheSameRecordsAndEndHoweverThePagesCome(byte[] bytes) {
        Input input = new Input(bytes);
        int choices = input.uint8();
        int offset = input.uint16();
        byte[] wal = input.rest();
        ByteBuffer header = ByteBuffer.allocate(XLogPageHeader.LONG_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(wal, 0, Math.min(wal.length, header.capacity())).clear();
        SegmentSize size = new SegmentSize(SegmentSize.MIN_BYTES << (choices >> 4) % 11);
        XLogReaderOptions options = options(size, choices, header);
        Lsn start = new Lsn(XLogPageHeader.pageAddress(header, 0) & -(long) XLogPageHeader.PAGE_BYTES);
        Lsn from = new Lsn(start.value() + offset);

        List<Object> whole = recordsAndEnd(new PagesInMemory(start, wal, ALL_PAGES), options, from);

        assertThat(recordsAndEnd(new PagesInMemory(start, wal, 1), options, from))
                .isEqualTo(whole);
        assertThat(recordsAndEnd(new PagesInMemory(start, wal, 3), options, from))
                .isEqualTo(whole);
        findNext(new PagesInMemory(start, wal, ALL_PAGES), options, from);
    }

    private static XLogReaderOptions options(SegmentSize size, int choices, ByteBuffer header) {
        XLogReaderOptions options = XLogReaderOptions.of(size);
        int timeline = XLogPageHeader.timeline(header, 0);
        long system = XLogPageHeader.systemIdentifier(header, 0);
        if ((choices & GIVE_VERSION) != 0) {
            options = options.withVersion(
                    WalVersion.ofMagic(XLogPageHeader.magic(header, 0)).orElse(WalVersion.V18));
        }
        if ((choices & GIVE_SYSTEM) != 0 && system != 0) {
            options = options.withSystemIdentifier(new SystemIdentifier(system));
        }
        return (choices & GIVE_TIMELINE) != 0 && timeline != 0
                ? options.withTimeline(new TimelineId(timeline))
                : options;
    }

    private static List<Object> recordsAndEnd(PagesInMemory pages, XLogReaderOptions options, Lsn from) {
        List<Object> seen = new ArrayList<>();
        ParserContract.parse(pages.length(), BUFFER_BYTES, IllegalStateException.class, () -> {
            seen.clear();
            XLogReader reader = new XLogReader(pages, options);
            reader.beginRead(from);
            EndOfWal end = collect(reader, pages, seen);
            assertThat(reader.next()).isNull();
            assertThat(reader.endOfWal()).isEqualTo(end);
            return seen.add(end);
        });
        assertThat(pages.reads()).isLessThanOrEqualTo(limitOf(pages));
        return seen;
    }

    private static EndOfWal collect(XLogReader reader, PagesInMemory pages, List<Object> seen) {
        Lsn last = Lsn.INVALID;
        for (XLogRecord record = reader.next(); record != null; record = reader.next()) {
            assertThat(record.start().isBefore(last)).isFalse();
            assertThat(record.end().isAfter(record.start())).isTrue();
            assertThat(seen.size()).isLessThanOrEqualTo(pages.length());
            last = record.end();
            seen.add(record.start());
            seen.add(record.end());
            seen.add(RecordParts.of(record));
        }
        EndOfWal end = reader.endOfWal();
        assertThat(last.isValid()).isEqualTo(end.lastRecord().isValid());
        assertThat(last.isValid() ? end.end() : last).isEqualTo(last);
        return end;
    }

    private static void findNext(PagesInMemory pages, XLogReaderOptions options, Lsn from) {
        XLogReader reader = new XLogReader(pages, options);
        Optional<Lsn> found = reader.findNextRecord(from);
        if (found.isPresent()) {
            XLogRecord record = reader.next();
            assertThat(record).isNotNull();
            assertThat(record.start()).isEqualTo(found.get());
            assertThat(record.start().isBefore(from)).isFalse();
        } else {
            assertThat(reader.endOfWal()).isNotNull();
        }
        assertThat(pages.reads()).isLessThanOrEqualTo(limitOf(pages));
    }

    /** Every page is asked for when a record begins there and when one goes on there, and a segment's first one before. */
    private static int limitOf(PagesInMemory pages) {
        return 64 + 8 * pages.length() / XLogRecord.HEADER_BYTES;
    }
}
