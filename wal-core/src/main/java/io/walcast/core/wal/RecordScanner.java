// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Checks every page header, record and checksum of WAL that is handed to it piece by piece, as fast as can be: nothing is
 * decoded, copied or allocated per record.
 *
 * <p>It never takes for sound what {@link XLogReader} would not. Where it gets stuck, that one can tell why; should it go
 * on there, so may the scanner, with {@link #resume}.
 *
 * <p>Threading: one owner thread. The pieces stay with the caller.
 */
public final class RecordScanner {
    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;
    private static final int ALIGNMENT = 8;
    private static final long MAX_RECORD_BYTES = 1020L << 20;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE_BYTES);

    private final PageRules rules;
    private final Findings findings;
    private final RecordShape shape;
    private final CRC32C crc = new CRC32C();

    /** The beginning of a record that runs over pages. */
    private final ByteBuffer head =
            ByteBuffer.allocate(RecordShape.MAX_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private State state = State.STUCK;
    private State stuckIn = State.STUCK;
    private long position;
    private long limit = -1;
    private int latestTimeline;

    private long record;
    private long recordBytes;
    private long recordDone;
    /** What is left on this page of a record that began before all we see, and what the next page must say of it. */
    private int skip;

    private long expectedRest;

    private boolean linked;
    private long first;
    private long firstPrevious;
    private long last;
    private long records;

    /** What there is to tell that does not keep the scanner from going on. */
    public interface Findings {
        /** The header of {@code page} is wrong. */
        void badPage(Lsn page, String problem);

        /** There are bytes between two records, or after a segment switch, that should be zero. */
        void nonZero(Lsn position);
    }

    private enum State {
        /** Before the first record. */
        SEARCHING,
        BETWEEN,
        WITHIN,
        /** After a segment switch. */
        REST_OF_SEGMENT,
        STUCK
    }

    /** Makes a scanner; say where with {@link #begin}. */
    public RecordScanner(PageRules rules, Findings findings) {
        this.rules = requireNonNull(rules, "rules");
        this.findings = requireNonNull(findings, "findings");
        shape = new RecordShape(rules.version());
    }

    /** Makes the scanner start at {@code page}, with the first record that begins there or on a later page. */
    public void begin(Lsn page) {
        reset(page.value(), State.SEARCHING);
        expectedRest = -1;
    }

    /** Makes the scanner start, or go on, with the record at {@code start}, which must follow the one at {@code previous}. */
    public void resume(Lsn start, Lsn previous) {
        reset(start.value(), State.BETWEEN);
        last = previous.value();
        linked = true;
    }

    private void reset(long start, State next) {
        position = start;
        state = next;
        latestTimeline = 0;
        skip = 0;
        linked = false;
        first = 0;
        firstPrevious = 0;
        last = 0;
        records = 0;
    }

    /** Lets the scanner stop before a record that begins at {@code limit} or later. */
    public void stopBefore(Lsn limit) {
        this.limit = limit.value();
    }

    /**
     * Takes bytes of WAL, those at {@link #position}, and returns up to where: before {@code to} if it is stuck, at its limit,
     * or needs more bytes at once than are left; a piece that ends with a page is always used up.
     *
     * @param bytes little-endian
     * @param from the index of the first byte
     * @param to the index after the last one
     */
    public int scan(ByteBuffer bytes, int from, int to) {
        int at = from;
        while (at < to) {
            long before = position;
            State stateBefore = state;
            int next = step(bytes, at, to);
            at = next;
            if (state == State.STUCK || isDone() || (position == before && state == stateBefore)) {
                break;
            }
        }
        return at;
    }

    private int step(ByteBuffer bytes, int at, int to) {
        int offset = (int) position & (PAGE_BYTES - 1);
        if (isDone()) {
            return at;
        }
        if (state == State.REST_OF_SEGMENT) {
            return skipUnused(bytes, at, to, offset);
        }
        if (offset == 0) {
            return enterPage(bytes, at, to);
        }
        int end = Math.min(to, at + PAGE_BYTES - offset);
        return switch (state) {
            case SEARCHING -> skipContinuation(at, end);
            case BETWEEN -> scanRecords(bytes, at, end, at + PAGE_BYTES - offset);
            case WITHIN -> continueRecord(bytes, at, end);
            case REST_OF_SEGMENT, STUCK -> at;
        };
    }

    private void stick() {
        stuckIn = state;
        state = State.STUCK;
    }

    private int enterPage(ByteBuffer bytes, int at, int to) {
        int headerBytes = rules.isFirstOfSegment(position) ? XLogPageHeader.LONG_BYTES : XLogPageHeader.SHORT_BYTES;
        if (to - at < headerBytes) {
            return at;
        }
        if (!rules.isReadable(position, bytes, at)
                || Integer.compareUnsigned(XLogPageHeader.timeline(bytes, at), latestTimeline) < 0) {
            stick();
            return at;
        }
        latestTimeline = XLogPageHeader.timeline(bytes, at);
        String problem = rules.problemWith(position, bytes, at);
        if (problem != null) {
            findings.badPage(new Lsn(position), problem);
        }
        boolean continued = XLogPageHeader.has(bytes, at, XLogPageHeader.FIRST_IS_CONTRECORD);
        boolean overwritten = XLogPageHeader.has(bytes, at, XLogPageHeader.FIRST_IS_OVERWRITE_CONTRECORD);
        long remaining = XLogPageHeader.remainingLength(bytes, at);
        switch (state) {
            case SEARCHING -> {
                if (!overwritten && expectedRest > 0 && (!continued || remaining != expectedRest)) {
                    findings.badPage(
                            new Lsn(position),
                            "invalid contrecord length %d (expected %d) in %s"
                                    .formatted(remaining, expectedRest, rules.place(position)));
                }
                if (continued && remaining == 0) {
                    stick();
                    return at;
                }
                beginSearchOn(continued ? remaining : 0, PAGE_BYTES - headerBytes);
            }
            case BETWEEN -> {
                if (continued) {
                    stick();
                    return at;
                }
            }
            case WITHIN -> {
                if (overwritten && !continued) {
                    state = State.BETWEEN;
                } else if (overwritten || !continued || remaining != recordBytes - recordDone) {
                    stick();
                    return at;
                }
            }
            case REST_OF_SEGMENT, STUCK -> {}
        }
        position += headerBytes;
        return at + headerBytes;
    }

    private void beginSearchOn(long remaining, int room) {
        long aligned = remaining + ALIGNMENT - 1 & -ALIGNMENT;
        if (aligned < room) {
            skip = (int) aligned;
            state = skip == 0 ? State.BETWEEN : State.SEARCHING;
            expectedRest = -1;
        } else {
            skip = room;
            expectedRest = remaining - room;
        }
    }

    private int skipContinuation(int at, int end) {
        int part = Math.min(skip, end - at);
        skip -= part;
        position += part;
        if (skip == 0 && expectedRest < 0) {
            state = State.BETWEEN;
        }
        return at + part;
    }

    /** Takes the records that are whole on this page, and begins the one that is not. */
    private int scanRecords(ByteBuffer bytes, int from, int end, int pageEnd) {
        int at = skipPadding(bytes, from, end);
        while (at < end && !isDone() && (position & (ALIGNMENT - 1)) == 0) {
            if (pageEnd - at < XLogRecord.HEADER_BYTES) {
                return end < pageEnd ? at : beginRecord(bytes, at, end);
            }
            if (end - at < XLogRecord.HEADER_BYTES) {
                return at;
            }
            long length = XLogRecordCodec.totalLength(bytes, at);
            if (!isHeaderSound(bytes, at, position, length)) {
                stick();
                return at;
            }
            if (length > pageEnd - at) {
                return beginRecord(bytes, at, end);
            }
            int bytesAligned = (int) length + ALIGNMENT - 1 & -ALIGNMENT;
            if (bytesAligned > end - at) {
                return at;
            }
            if (!isRecordSound(bytes, at, (int) length)) {
                stick();
                return at;
            }
            if (bytesAligned != length) {
                checkPadding(bytes, at + bytesAligned, bytesAligned - (int) length);
            }
            boolean ends = XLogRecord.isSegmentSwitch(bytes, at);
            accept(position, bytes.getLong(at + XLogRecord.AT_PREVIOUS));
            at += bytesAligned;
            position += bytesAligned;
            if (ends) {
                state = State.REST_OF_SEGMENT;
                return at;
            }
        }
        return at;
    }

    /** Takes what is left of the last eight bytes of a record that ran over pages. */
    private int skipPadding(ByteBuffer bytes, int at, int end) {
        int padding = (int) (-position & (ALIGNMENT - 1));
        if (padding == 0 || end - at < padding) {
            return at;
        }
        checkPadding(bytes, at + padding, padding);
        position += padding;
        return at + padding;
    }

    private boolean isHeaderSound(ByteBuffer bytes, int at, long start, long length) {
        long previous = bytes.getLong(at + XLogRecord.AT_PREVIOUS);
        return length >= XLogRecord.HEADER_BYTES
                && length <= MAX_RECORD_BYTES
                && (linked ? previous == last : Long.compareUnsigned(previous, start) < 0)
                && rules.version()
                        .hasResourceManager(Byte.toUnsignedInt(bytes.get(at + XLogRecord.AT_RESOURCE_MANAGER)));
    }

    private boolean isRecordSound(ByteBuffer bytes, int at, int length) {
        crc.reset();
        int limitBefore = bytes.limit();
        crc.update(bytes.limit(at + length).position(at + XLogRecord.HEADER_BYTES));
        crc.update(bytes.limit(at + XLogRecord.AT_CHECKSUM).position(at));
        bytes.limit(limitBefore);
        return (int) crc.getValue() == bytes.getInt(at + XLogRecord.AT_CHECKSUM)
                && shape.isSound(bytes, at, length, length);
    }

    private void accept(long start, long previous) {
        if (records == 0) {
            first = start;
            firstPrevious = previous;
        }
        records++;
        last = start;
        linked = true;
    }

    private int beginRecord(ByteBuffer bytes, int at, int end) {
        record = position;
        recordBytes = XLogRecordCodec.totalLength(bytes, at);
        recordDone = 0;
        if (recordBytes < XLogRecord.HEADER_BYTES) {
            stick();
            return at;
        }
        state = State.WITHIN;
        crc.reset();
        head.clear();
        return continueRecord(bytes, at, end);
    }

    private int continueRecord(ByteBuffer bytes, int at, int end) {
        int part = (int) Math.min(recordBytes - recordDone, end - at);
        if (head.hasRemaining()) {
            int headPart = Math.min(part, head.remaining());
            head.put(head.position(), bytes, at, headPart);
            head.position(head.position() + headPart);
        }
        int header = (int) Math.max(0, Math.min(part, XLogRecord.HEADER_BYTES - recordDone));
        if (part > header) {
            int limitBefore = bytes.limit();
            crc.update(bytes.limit(at + part).position(at + header));
            bytes.limit(limitBefore);
        }
        boolean headerWasWhole = recordDone >= XLogRecord.HEADER_BYTES;
        recordDone += part;
        position += part;
        if (!headerWasWhole && recordDone >= XLogRecord.HEADER_BYTES && !isHeaderSound(head, 0, record, recordBytes)) {
            stick();
        } else if (recordDone == recordBytes) {
            return finishRecord(at + part);
        }
        return at + part;
    }

    private int finishRecord(int at) {
        crc.update(head.array(), 0, XLogRecord.AT_CHECKSUM);
        if ((int) crc.getValue() != head.getInt(XLogRecord.AT_CHECKSUM)
                || !shape.isSound(head, 0, recordBytes, head.position())) {
            stick();
            return at;
        }
        accept(record, head.getLong(XLogRecord.AT_PREVIOUS));
        state = XLogRecord.isSegmentSwitch(head, 0) ? State.REST_OF_SEGMENT : State.BETWEEN;
        return at;
    }

    private void checkPadding(ByteBuffer bytes, int end, int padding) {
        for (int i = end - padding; i < end; i++) {
            if (bytes.get(i) != 0) {
                findings.nonZero(new Lsn(last));
                return;
            }
        }
    }

    private int skipUnused(ByteBuffer bytes, int at, int to, int offset) {
        if (rules.isFirstOfSegment(position)) {
            state = State.BETWEEN;
            return at;
        }
        int part = Math.min(to - at, PAGE_BYTES - offset);
        boolean hasHeader = offset == 0 && part >= XLogPageHeader.SHORT_BYTES && rules.isReadable(position, bytes, at);
        int header = hasHeader ? XLogPageHeader.SHORT_BYTES : 0;
        int mismatch = bytes.slice(at + header, part - header).mismatch(ZEROS.slice(0, part - header));
        if (mismatch >= 0) {
            findings.nonZero(new Lsn(position + header + mismatch));
        }
        position += part;
        if (rules.isFirstOfSegment(position)) {
            state = State.BETWEEN;
        }
        return at + part;
    }

    /** Returns the position of the byte that is taken next. */
    public Lsn position() {
        return new Lsn(position);
    }

    /** Returns whether something is wrong, so that nothing more is taken. */
    public boolean isStuck() {
        return state == State.STUCK;
    }

    /** Returns where the record begins that comes next, that is not at its end, or that is not sound. */
    public Lsn next() {
        State within = state == State.STUCK ? stuckIn : state;
        return new Lsn(within == State.WITHIN ? record : position + ALIGNMENT - 1 & -ALIGNMENT);
    }

    /** Returns whether the next record begins at the limit or later. */
    public boolean isDone() {
        return (state == State.BETWEEN || (state == State.SEARCHING && skip == 0))
                && Long.compareUnsigned(position, limit) >= 0;
    }

    /** Returns whether a record has begun and is not at its end. */
    public boolean isWithinRecord() {
        return state == State.WITHIN;
    }

    /** Returns where the first sound record begins; 0/0 if there was none. */
    public Lsn first() {
        return new Lsn(first);
    }

    /** Returns which record the first one says to follow. */
    public Lsn firstPrevious() {
        return new Lsn(firstPrevious);
    }

    /** Returns where the last sound record begins; 0/0 if there was none. */
    public Lsn last() {
        return new Lsn(last);
    }

    /** Returns how many records were sound. */
    public long records() {
        return records;
    }
}
