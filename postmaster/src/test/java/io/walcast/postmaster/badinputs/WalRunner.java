// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static io.walcast.postmaster.badinputs.SegmentUnderTest.FIRST_RECORD;
import static io.walcast.postmaster.badinputs.SegmentUnderTest.LAST_GOOD_RECORD;
import static io.walcast.postmaster.badinputs.SegmentUnderTest.NEXT_RECORD;
import static io.walcast.postmaster.badinputs.SegmentUnderTest.SECOND_PAGE;
import static io.walcast.postmaster.badinputs.SegmentUnderTest.SIZE;
import static io.walcast.postmaster.badinputs.SegmentUnderTest.START;
import static io.walcast.postmaster.badinputs.SegmentUnderTest.SYSTEM;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.StreamPageCheck;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.core.wal.XLogRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages and records, read from disk or checked as they are streamed. A page header is the one at the address it names,
 * or the second page's; a record is the first on the second page.
 */
final class WalRunner implements BadInputRunner {
    private static final Pattern RECORD_NAME =
            Pattern.compile("(record|tot_len|prev|crc|block|data|image|switch|xl_)\\b.*");
    private static final Pattern AFTER_TIMELINE = Pattern.compile("\\(after (\\d+)\\)");
    private static final int CONTRECORD = 1;
    private static final int OVERWRITE_CONTRECORD = 8;
    private static final int TRANSACTION_OF_RECORDS = 700;
    private static final int MAGIC_BYTES = 2;
    private static final int HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 24;
    private static final int LONG_HEADER_BYTES = 40;
    private static final int PAGE_BYTES = 8192;
    private static final int CONTINUED_BYTES = 48;

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("wal") && !StorageRunner.isAboutFiles(input);
    }

    @Override
    public Answer answer(BadInput input) {
        return Allocation.bounded(input.hex().length(), () -> judge(input));
    }

    private static Answer judge(BadInput input) {
        if (isRecord(input)) {
            return readRecord(input);
        }
        boolean zeros = input.wants("accept") && input.isAbout("zero");
        boolean streamed = zeros || input.wants("stop receiver") || input.bytes().length >= PAGE_BYTES;
        if (input.wants("store")) {
            return passThrough(input);
        }
        return streamed ? stream(input) : readPage(input);
    }

    private static boolean isRecord(BadInput input) {
        boolean transaction = input.bytes().length >= 8 && int32(input, 4) == TRANSACTION_OF_RECORDS;
        return transaction
                || RECORD_NAME.matcher(input.name().toLowerCase(Locale.ROOT)).matches();
    }

    private static Answer readRecord(BadInput input) {
        SegmentUnderTest segment = new SegmentUnderTest(TimelineId.FIRST, 0);
        int onFirstPage = bytesOnFirstPage(input);
        if (onFirstPage > 0) {
            Lsn start = new Lsn(SECOND_PAGE.value() - onFirstPage);
            if (input.isAbout("zero", "missing")) {
                segment.put(SECOND_PAGE, new byte[HEADER_BYTES]);
            }
            segment.put(start, input.bytes());
            return read(segment, start, start);
        }
        segment.put(NEXT_RECORD, input.bytes());
        if (input.isAbout("cut")) {
            segment.cut(NEXT_RECORD.plus(input.bytes().length));
        }
        if (input.isAbout("inside page header")) {
            Lsn inside = SECOND_PAGE.plus(HEADER_BYTES / 2);
            return read(segment, inside, inside);
        }
        return read(segment, FIRST_RECORD, NEXT_RECORD);
    }

    private static Answer readPage(BadInput input) {
        Lsn page = pageOf(input);
        boolean continued = page.equals(SECOND_PAGE)
                && ((info(input) & CONTRECORD) != 0 || input.isAbout("contrecord", "continu"))
                && !input.isAbout("no broken");
        SegmentUnderTest segment = new SegmentUnderTest(timelineBefore(input), continued ? CONTINUED_BYTES : 0);
        segment.put(page, input.bytes());
        if (page.equals(START)) {
            return read(segment, FIRST_RECORD, FIRST_RECORD);
        }
        boolean overwritten = (info(input) & OVERWRITE_CONTRECORD) != 0;
        if (!continued || overwritten) {
            int headerBytes = Math.min(LONG_HEADER_BYTES, Math.max(HEADER_BYTES, input.bytes().length));
            segment.putGoodRecord(SECOND_PAGE.plus(headerBytes), continued ? FIRST_RECORD : LAST_GOOD_RECORD);
        }
        if (input.isAbout("cut")) {
            segment.cut(SECOND_PAGE.plus(input.bytes().length));
        }
        Lsn judged = continued ? LAST_GOOD_RECORD : NEXT_RECORD;
        return read(segment, FIRST_RECORD, judged);
    }

    /** Reads from {@code from}; the case is accepted if the record at {@code judged} is. */
    private static Answer read(SegmentUnderTest segment, Lsn from, Lsn judged) {
        XLogReaderOptions options = XLogReaderOptions.of(SIZE)
                .withVersion(WalVersion.V15)
                .withSystemIdentifier(SYSTEM)
                .withTimeline(TimelineId.of(segment.timeline().number()));
        XLogReader reader = new XLogReader(segment, options);
        reader.beginRead(from);
        for (XLogRecord record = reader.next(); record != null; record = reader.next()) {
            if (!record.start().isBefore(judged)) {
                return Answer.accepted(record.toString());
            }
        }
        EndOfWal end = reader.endOfWal();
        return new Answer("end of WAL", end.sqlState().map(s -> s.code()).orElse(""), end.message());
    }

    /** Streams a good first page and then the case, as PostgreSQL 15 would. */
    private static Answer stream(BadInput input) {
        SegmentUnderTest segment = new SegmentUnderTest(timelineBefore(input), 0);
        StreamPageCheck check = new StreamPageCheck(segment.timeline(), SIZE, SYSTEM);
        Lsn page = pageOf(input);
        try {
            if (page.equals(SECOND_PAGE)) {
                check.check(START, segment.pages(START, SECOND_PAGE));
            }
            check.check(page, ByteBuffer.wrap(input.bytes()));
            return Answer.accepted("streamed");
        } catch (RefusedException e) {
            return Answer.of("stop receiver, keep files", e);
        }
    }

    /** Streams the case as the beginning of a stream, and tries to decode it. */
    private static Answer passThrough(BadInput input) {
        SegmentUnderTest segment = new SegmentUnderTest(TimelineId.FIRST, 0);
        Lsn page = pageOf(input);
        new StreamPageCheck(TimelineId.FIRST, SIZE, SYSTEM).check(page, ByteBuffer.wrap(input.bytes()));
        segment.put(START, Arrays.copyOf(input.bytes(), MAGIC_BYTES));
        XLogReader reader = new XLogReader(segment, XLogReaderOptions.of(SIZE));
        reader.beginRead(FIRST_RECORD);
        EndOfWal end = reader.readToEnd();
        return new Answer(
                "store, do not decode", end.sqlState().map(s -> s.code()).orElse(""), end.message());
    }

    private static Lsn pageOf(BadInput input) {
        byte[] bytes = input.bytes();
        if (bytes.length >= 16) {
            Lsn address = new Lsn(
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(8));
            if (address.equals(START) || address.equals(SECOND_PAGE)) {
                return address;
            }
        }
        return bytes.length == LONG_HEADER_BYTES ? START : SECOND_PAGE;
    }

    private static int info(BadInput input) {
        return input.bytes().length > 2 ? input.bytes()[2] : 0;
    }

    private static TimelineId timelineBefore(BadInput input) {
        Matcher matcher = AFTER_TIMELINE.matcher(input.message());
        return matcher.find() ? TimelineId.parse(matcher.group(1)) : TimelineId.FIRST;
    }

    /** Returns how much of a record that runs over the page is on the first one, 0 if all of it is on the second. */
    private static int bytesOnFirstPage(BadInput input) {
        for (int i = 8; i + HEADER_BYTES <= input.bytes().length; i++) {
            if (input.bytes()[i] == 0x10 && input.bytes()[i + 1] == (byte) 0xD1) {
                return i;
            }
        }
        return input.isAbout("split") ? Math.min(input.bytes().length, RECORD_HEADER_BYTES / 2) : 0;
    }

    private static int int32(BadInput input, int at) {
        return Integer.reverseBytes(ByteBuffer.wrap(input.bytes()).getInt(at));
    }
}
