// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.Lsn;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.core.wal.XLogRecord;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a range of WAL and prints what is wanted of it. One owner thread; any other may {@link #stop} it. */
final class Dump {
    private static final int RECORDS_BETWEEN_CHECKS = 1024;

    private final WalDumpOptions options;
    private final DumpRange range;
    private final PrintWriter out;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final RecordStats stats = new RecordStats();
    private long shown;

    Dump(WalDumpOptions options, DumpRange range, PrintWriter out) {
        this.options = options;
        this.range = range;
        this.out = out;
    }

    /** Makes {@link #run} end soon, as if that were all. */
    void stop() {
        stopped.countDown();
    }

    /**
     * Runs to the end.
     *
     * @throws WalDumpException if the WAL ends before what was asked for
     */
    void run() {
        try (SegmentSource source = range.source(options.follow)) {
            XLogReader reader = new XLogReader(source, XLogReaderOptions.of(range.segmentSize()));
            Lsn first = first(reader);
            RecordLines lines = new RecordLines(reader.version(), options.blockDetails);
            EndOfWal end = null;
            while (!isDone()) {
                XLogRecord record = reader.next();
                if (record != null) {
                    take(record, lines);
                } else if (reader.endOfWal().reason() == EndOfWal.Reason.NO_MORE_BYTES && source.isEndReached()) {
                    break;
                } else if (options.follow) {
                    await(source);
                } else {
                    end = reader.endOfWal();
                    break;
                }
            }
            if (options.stats && !options.quiet) {
                stats.print(first, reader.version(), options.statsByRecord, out);
            }
            if (end != null) {
                throw new WalDumpException("error in WAL record at " + end.lastRecord() + ": " + end.message());
            }
        }
    }

    private Lsn first(XLogReader reader) {
        Lsn start = range.start();
        Lsn first = reader.findNextRecord(start)
                .orElseThrow(() -> new WalDumpException("could not find a valid record after " + start));
        if (!first.equals(start) && range.segmentSize().offset(start) != 0) {
            long skipped = first.value() - start.value();
            out.print("first record is after %s, at %s, skipping over %d %s\n"
                    .formatted(start, first, skipped, skipped == 1 ? "byte" : "bytes"));
        }
        return first;
    }

    private void take(XLogRecord record, RecordLines lines) {
        if (!options.filter.matches(record)) {
            return;
        }
        if (!options.quiet) {
            if (options.stats) {
                stats.add(record);
            } else {
                out.append(lines.of(record));
            }
        }
        shown++;
        if (shown % RECORDS_BETWEEN_CHECKS == 0 && out.checkError()) {
            stop(); // nobody reads any more
        }
    }

    private boolean isDone() {
        return stopped.getCount() == 0 || (options.limit > 0 && shown >= options.limit);
    }

    private void await(SegmentSource source) {
        out.flush();
        source.refresh();
        try {
            if (stopped.await(1, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }
}
