// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static io.walcast.core.wal.InvalidWalException.invalid;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads WAL record by record and finds where it ends, exactly where PostgreSQL's {@code xlogreader.c} finds it.
 *
 * <p>Threading: one owner thread. A record is lent until the next call. Memory grows with the bytes that arrive, never
 * with a length that a record claims.
 */
public final class XLogReader {
    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;
    private static final int ALIGNMENT = 8;
    private static final int KEPT_ASSEMBLY_BYTES = 1 << 20;
    private static final long NONE = -1;

    private final XLogReaderOptions options;
    private final PageWindow window;
    private final XLogPageCheck pageCheck;
    private final XLogRecordCodec codec = new XLogRecordCodec();
    private ByteBuffer assembly = newAssembly(2 * PAGE_BYTES);

    private long currentPage = NONE;
    private long currentSegment = NONE;
    private boolean randomAccess = true;
    private boolean assembling;
    private Lsn lastRecord = Lsn.INVALID;
    private long next;
    private Lsn overwrittenRecord = Lsn.INVALID;
    private @Nullable EndOfWal end;
    private long invalidPage;

    /** Makes a reader of {@code source}; say where with {@link #beginRead} or {@link #findNextRecord}. */
    public XLogReader(WalPageSource source, XLogReaderOptions options) {
        this.options = options;
        window = new PageWindow(source);
        pageCheck = new XLogPageCheck(options);
    }

    /** Makes {@link #next} return the record that begins at {@code record}, or first on the page that begins there. */
    public void beginRead(Lsn record) {
        next = record.value();
        lastRecord = Lsn.INVALID;
        randomAccess = true;
        end = null;
    }

    /**
     * Returns the next record, or null if there is none: {@link #endOfWal} tells why. Calling again then tries again at
     * the same place, with bytes that may have come in the meantime.
     *
     * @throws io.walcast.core.error.StorageException if the source fails
     */
    public @Nullable XLogRecord next() {
        try {
            end = null;
            assembling = false;
            invalidPage = 0;
            return readRecord();
        } catch (InvalidWalException e) {
            // Zeros where a record goes on are a torn record, not the unused rest of a segment.
            boolean torn = assembling && e.reason() == EndOfWal.Reason.ZEROS;
            EndOfWal.Reason reason = torn ? EndOfWal.Reason.INVALID : e.reason();
            end = new EndOfWal(lastRecord, new Lsn(next), reason, e.text());
            forgetPages();
            return null;
        }
    }

    /** Returns where the WAL ends; only after {@link #next} or {@link #findNextRecord} found nothing. */
    public EndOfWal endOfWal() {
        if (end == null) {
            throw new IllegalStateException("endOfWal: not reached (expected: next() returned null)");
        }
        return end;
    }

    /** Reads on to the end and returns it. */
    public EndOfWal readToEnd() {
        while (next() != null) {
            // Only the end is wanted.
        }
        return endOfWal();
    }

    /**
     * Returns which version wrote the WAL.
     *
     * @throws IllegalStateException if it was not given and no page was read yet
     */
    public WalVersion version() {
        return pageCheck.version();
    }

    /** Returns the record that was given up because its rest was overwritten, as seen last; 0/0 for none. */
    public Lsn overwrittenRecord() {
        return overwrittenRecord;
    }

    /** Returns the page whose header was found wrong where reading ended; 0/0 if it did not end so. */
    public Lsn invalidPage() {
        return new Lsn(invalidPage);
    }

    /**
     * Finds the first record at or after {@code from}, and makes {@link #next} return it ({@code XLogFindNextRecord}).
     *
     * @return where it begins, or empty if there is none
     */
    public Optional<Lsn> findNextRecord(Lsn from) {
        beginRead(from);
        try {
            beginRead(new Lsn(skipContinuation(from.value())));
        } catch (InvalidWalException e) {
            end = new EndOfWal(lastRecord, from, e.reason(), e.text());
            forgetPages();
            return Optional.empty();
        }
        for (XLogRecord record = next(); record != null; record = next()) {
            if (!record.start().isBefore(from)) {
                Lsn found = record.start();
                beginRead(found);
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** Returns the first place at or after the page of {@code from} where a record may begin. */
    private long skipContinuation(long from) throws InvalidWalException {
        long page = startOfPage(from);
        while (true) {
            int at = readPage(page, Math.max(XLogPageHeader.SHORT_BYTES, (int) (from - page)));
            ByteBuffer bytes = window.bytes();
            int headerBytes = XLogPageHeader.bytes(bytes, at);
            if (!XLogPageHeader.has(bytes, at, XLogPageHeader.FIRST_IS_CONTRECORD)) {
                return page + headerBytes;
            }
            long remaining = align(XLogPageHeader.remainingLength(bytes, at));
            if (remaining < PAGE_BYTES - headerBytes) {
                return page + headerBytes + remaining;
            }
            page += PAGE_BYTES;
            from = page;
        }
    }

    private XLogRecord readRecord() throws InvalidWalException {
        long start = next;
        while (true) {
            long page = startOfPage(start);
            int offset = (int) (start - page);
            int at = readPage(page, Math.min(offset + XLogRecord.HEADER_BYTES, PAGE_BYTES));
            int headerBytes = XLogPageHeader.bytes(window.bytes(), at);
            if (offset == 0) {
                offset = headerBytes;
                start += headerBytes;
                at = readPage(page, offset + XLogRecord.HEADER_BYTES);
            } else if (offset < headerBytes || offset > PAGE_BYTES - Integer.BYTES) {
                throw invalid("invalid record offset at %s", new Lsn(start));
            }
            Lsn lsn = new Lsn(start);
            if (offset == headerBytes && hasFlag(at, XLogPageHeader.FIRST_IS_CONTRECORD)) {
                throw invalid("contrecord is requested by %s", lsn);
            }
            long length = checkStartOfRecord(lsn, at + offset, PAGE_BYTES - offset);
            if (length <= PAGE_BYTES - offset) {
                return readWithinPage(lsn, page, offset, (int) length);
            }
            long last = assemble(lsn, page, offset, length);
            if (!hasFlag(window.offsetOf(last), XLogPageHeader.FIRST_IS_OVERWRITE_CONTRECORD)) {
                return finishAssembled(lsn, last);
            }
            overwrittenRecord = lsn;
            start = last;
        }
    }

    /** Checks the fixed part as far as it is on the page, at least the length, and returns that. */
    private long checkStartOfRecord(Lsn lsn, int at, int restOfPage) throws InvalidWalException {
        if (restOfPage >= XLogRecord.HEADER_BYTES) {
            checkHeader(window.bytes(), at, lsn);
        } else {
            XLogRecordCodec.checkLength(window.bytes(), at, restOfPage, lsn);
        }
        return XLogRecordCodec.totalLength(window.bytes(), at);
    }

    private void checkHeader(ByteBuffer bytes, int at, Lsn lsn) throws InvalidWalException {
        XLogRecordCodec.checkHeader(bytes, at, lsn, randomAccess ? null : lastRecord, pageCheck.version());
    }

    private XLogRecord readWithinPage(Lsn lsn, long page, int offset, int length) throws InvalidWalException {
        int at = readPage(page, offset + length);
        ByteBuffer record = window.bytes().slice(at + offset, length).order(ByteOrder.LITTLE_ENDIAN);
        return finish(lsn, record, lsn.value() + align(length));
    }

    /** Collects a record that runs over pages; returns its last page, or the one where its rest was overwritten. */
    private long assemble(Lsn lsn, long firstPage, int offset, long length) throws InvalidWalException {
        int at = readPage(firstPage, PAGE_BYTES);
        assembling = true;
        assembly.clear();
        append(at + offset, PAGE_BYTES - offset);
        boolean headerChecked = offset <= PAGE_BYTES - XLogRecord.HEADER_BYTES;
        long page = firstPage;
        while (assembly.position() < length) {
            page += PAGE_BYTES;
            long missing = length - assembly.position();
            at = readPage(page, (int) Math.min(missing + XLogPageHeader.SHORT_BYTES, PAGE_BYTES));
            if (hasFlag(at, XLogPageHeader.FIRST_IS_OVERWRITE_CONTRECORD)) {
                return page;
            }
            checkContinuation(lsn, at, missing);
            int headerBytes = XLogPageHeader.bytes(window.bytes(), at);
            int part = (int) Math.min(missing, PAGE_BYTES - headerBytes);
            at = readPage(page, headerBytes + part);
            append(at + headerBytes, part);
            if (!headerChecked) {
                checkHeader(assembly, 0, lsn);
                headerChecked = true;
            }
        }
        return page;
    }

    private void checkContinuation(Lsn lsn, int at, long missing) throws InvalidWalException {
        if (!hasFlag(at, XLogPageHeader.FIRST_IS_CONTRECORD)) {
            throw invalid("there is no contrecord flag at %s", lsn);
        }
        long remaining = XLogPageHeader.remainingLength(window.bytes(), at);
        if (remaining != missing) {
            throw invalid("invalid contrecord length %d (expected %d) at %s", remaining, missing, lsn);
        }
    }

    private void append(int at, int length) {
        if (assembly.remaining() < length) {
            ByteBuffer larger = newAssembly(Math.max(2 * assembly.capacity(), assembly.position() + length));
            assembly = larger.put(assembly.flip());
        }
        assembly.put(assembly.position(), window.bytes(), at, length);
        assembly.position(assembly.position() + length);
    }

    private XLogRecord finishAssembled(Lsn lsn, long lastPage) throws InvalidWalException {
        int at = window.offsetOf(lastPage);
        long remaining = XLogPageHeader.remainingLength(window.bytes(), at);
        long recordEnd = lastPage + XLogPageHeader.bytes(window.bytes(), at) + align(remaining);
        ByteBuffer record = assembly.slice(0, assembly.position()).order(ByteOrder.LITTLE_ENDIAN);
        if (assembly.capacity() > KEPT_ASSEMBLY_BYTES) {
            assembly = newAssembly(2 * PAGE_BYTES);
        }
        return finish(lsn, record, recordEnd);
    }

    private XLogRecord finish(Lsn lsn, ByteBuffer bytes, long recordEnd) throws InvalidWalException {
        codec.checkCrc(bytes, lsn);
        long following = recordEnd;
        if (XLogRecord.isSegmentSwitch(bytes, 0)) {
            following = options.segmentSize()
                    .startOfSegment(new Lsn(recordEnd + options.segmentSize().bytes() - 1))
                    .value();
        }
        XLogRecord record = codec.decode(bytes, lsn, new Lsn(following), pageCheck.version());
        lastRecord = lsn;
        next = following;
        randomAccess = false;
        return record;
    }

    /** Has at least {@code wanted} bytes of {@code page} in the window, header checked; returns where it begins there. */
    private int readPage(long page, int wanted) throws InvalidWalException {
        if (page == currentPage && window.has(page, wanted)) {
            return window.offsetOf(page);
        }
        long segment = options.segmentSize().startOfSegment(new Lsn(page)).value();
        if (segment != currentSegment && segment != page) {
            // The first page of a segment tells whose it is.
            checkPage(segment, XLogPageHeader.SHORT_BYTES);
        }
        int at = checkPage(page, Math.max(wanted, XLogPageHeader.SHORT_BYTES));
        currentPage = page;
        currentSegment = segment;
        return at;
    }

    private int checkPage(long page, int wanted) throws InvalidWalException {
        fill(page, wanted);
        fill(page, XLogPageHeader.bytes(window.bytes(), window.offsetOf(page)));
        invalidPage = page;
        pageCheck.check(page, window.bytes(), window.offsetOf(page));
        invalidPage = 0;
        return window.offsetOf(page);
    }

    private void fill(long page, int wanted) throws InvalidWalException {
        if (!window.fill(page, wanted)) {
            String text = "no more WAL at %s".formatted(new Lsn(page));
            throw new InvalidWalException(EndOfWal.Reason.NO_MORE_BYTES, text);
        }
    }

    private boolean hasFlag(int at, int flag) {
        return XLogPageHeader.has(window.bytes(), at, flag);
    }

    private void forgetPages() {
        window.forget();
        currentPage = NONE;
        currentSegment = NONE;
    }

    private static long startOfPage(long position) {
        return position & -(long) PAGE_BYTES;
    }

    private static long align(long length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }

    private static ByteBuffer newAssembly(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
