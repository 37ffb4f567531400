// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import java.io.IOException;
import java.nio.file.Path;

/** What we find in a directory of WAL of PostgreSQL 15, in the form of {@link PgWaldump}. */
final class OurWaldump {
    private OurWaldump() {}

    static PgWaldump of(Path directory, SegmentSize size, Lsn start) throws IOException {
        try (WalFromFiles files = new WalFromFiles(directory, TimelineId.FIRST, size)) {
            XLogReader reader = new XLogReader(files, XLogReaderOptions.of(size).withVersion(WalVersion.V15));
            Lsn first = reader.findNextRecord(start).orElse(Lsn.INVALID);
            int records = 0;
            while (first.isValid() && reader.next() != null) {
                records++;
            }
            EndOfWal end = reader.endOfWal();
            return new PgWaldump(records, first, end.lastRecord(), records == 0 ? "" : end.message());
        }
    }
}
