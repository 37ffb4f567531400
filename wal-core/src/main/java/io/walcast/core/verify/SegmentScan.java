// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.wal.PageRules;
import io.walcast.core.wal.RecordScanner;
import io.walcast.core.wal.XLogPageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Reads one segment: all records that begin in it, the last one to its end on the segments after it. Behind damage it looks
 * for where sound records go on.
 *
 * <p>Threading: one owner thread.
 */
final class SegmentScan implements RecordScanner.Findings {
    /** How much is read at once: little enough to stay in a core's cache until its checksums are computed. */
    static final int BUFFER_BYTES = 256 * 1024;

    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;
    private static final int ALIGNMENT = 8;
    private static final int AT_PREVIOUS = 8;

    private final StoredSegment segment;
    private final TimelinePath path;
    private final LongConsumer progress;
    private final RecordScanner scanner;
    private final ByteBuffer buffer;

    private final List<Stretch> stretches = new ArrayList<>();
    private final Set<WalProblem> problems = new LinkedHashSet<>();
    private long bufferStart;
    private long told;
    private boolean hasPage;
    /** Where sound records ended. */
    private long bad;

    /**
     * Prepares to read.
     *
     * @param buffer direct, for this scan alone while it runs
     * @param progress told of bytes of the segment that have been read
     */
    SegmentScan(StoredSegment segment, PageRules rules, TimelinePath path, ByteBuffer buffer, LongConsumer progress) {
        this.segment = segment;
        this.path = path;
        this.progress = progress;
        this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
        scanner = new RecordScanner(rules, this);
        scanner.stopBefore(new Lsn(segment.end()));
        told = segment.start();
        bufferStart = segment.start();
        buffer.limit(0);
    }

    SegmentResult run() {
        long page = segment.start();
        while (Long.compareUnsigned(page, segment.end()) < 0) {
            scanner.begin(new Lsn(page));
            feed();
            hasPage |= scanner.position().value() != page;
            keepStretch(page == segment.start());
            boolean stuck = scanner.isStuck();
            bad = scanner.next().value();
            while (stuck && goesOnWithinPage()) {
                stuck = scanner.isStuck();
                bad = scanner.next().value();
            }
            if (!stuck) {
                break;
            }
            page = bad > page && isPageStart(bad) ? bad : (bad & -(long) PAGE_BYTES) + PAGE_BYTES;
        }
        progress.accept(segment.end() - told);
        return new SegmentResult(segment, stretches, List.copyOf(problems), hasPage);
    }

    private void keepStretch(boolean anchored) {
        if (scanner.records() > 0) {
            stretches.add(new Stretch(
                    scanner.first(),
                    scanner.firstPrevious(),
                    scanner.last(),
                    scanner.next(),
                    scanner.records(),
                    anchored));
        }
    }

    /** Feeds the scanner until it is done or stuck, or there is no more. */
    private void feed() {
        boolean more = true;
        while (more && !scanner.isDone() && !scanner.isStuck()) {
            int at = fill(scanner.position().value());
            int consumed = scanner.scan(buffer, at, buffer.limit()) - at;
            more = consumed > 0;
        }
    }

    /** Has bytes from {@code position} on in the buffer, if there are any; returns where. */
    private int fill(long position) {
        long offset = position - bufferStart;
        if (offset >= 0 && offset < buffer.limit()) {
            return (int) offset;
        }
        bufferStart = position & -(long) PAGE_BYTES;
        buffer.clear();
        path.read(new Lsn(bufferStart), buffer);
        buffer.flip();
        tellProgress(bufferStart + buffer.limit());
        return Math.min((int) (position - bufferStart), buffer.limit());
    }

    private void tellProgress(long upto) {
        if (Long.compareUnsigned(upto, told) > 0 && Long.compareUnsigned(upto, segment.end()) <= 0) {
            progress.accept(upto - told);
            told = upto;
        }
    }

    /** Looks for a sound record behind the bad one on its page, written after that; scans on from there if there is one. */
    private boolean goesOnWithinPage() {
        if (isPageStart(bad)) {
            return false;
        }
        long lastStart = (bad & -(long) PAGE_BYTES) + PAGE_BYTES - AT_PREVIOUS - Long.BYTES;
        for (long at = bad + ALIGNMENT; at <= lastStart; at += ALIGNMENT) {
            int index = fill(at);
            if (buffer.limit() - index < AT_PREVIOUS + Long.BYTES) {
                return false;
            }
            long previous = buffer.getLong(index + AT_PREVIOUS);
            if (previous >= bad && previous < at) {
                scanner.resume(new Lsn(at), new Lsn(previous));
                feed();
                if (scanner.records() > 0) {
                    keepStretch(false);
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isPageStart(long position) {
        return position % PAGE_BYTES == 0;
    }

    @Override
    public void badPage(Lsn page, String problem) {
        if (segment.contains(page)) {
            problems.add(
                    new WalProblem(WalProblem.Kind.PAGE, page, segment.file().fileName(), problem));
        }
    }

    @Override
    public void nonZero(Lsn position) {
        if (segment.contains(position)) {
            problems.add(new WalProblem(
                    WalProblem.Kind.RECORD,
                    position,
                    segment.file().fileName(),
                    "non-zero bytes after the record at " + position));
        }
    }
}
