// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RecordScannerTest {
    private static final RecordScanner.Findings UNHEARD = new RecordScanner.Findings() {
        @Override
        public void badPage(Lsn page, String problem) {}

        @Override
        public void nonZero(Lsn position) {}
    };

    private final WalBuilder wal = new WalBuilder(WalVersion.V15);

    /** A page cannot both go on with a record and be what its rest was overwritten with. */
    @Test
    void aContinuationThatIsMarkedAsOverwrittenEndsTheWal() {
        wal.noop(100);
        Lsn torn = wal.noop(20_000);
        wal.noop(100);
        int secondPage = 2 * XLogPageHeader.PAGE_BYTES;
        ByteBuffer bytes = wal.at(WalBuilder.START);
        bytes.putShort(secondPage + 2, (short)
                (bytes.getShort(secondPage + 2) | XLogPageHeader.FIRST_IS_OVERWRITE_CONTRECORD));
        RecordScanner scanner = new RecordScanner(
                new PageRules(WalBuilder.SIZE, WalVersion.V15, WalBuilder.SYSTEM, TimelineId.FIRST, null), UNHEARD);
        scanner.begin(WalBuilder.START);
        XLogReader reader = new XLogReader(wal, wal.options());
        reader.findNextRecord(WalBuilder.START);

        scanner.scan(bytes, 0, 8 * XLogPageHeader.PAGE_BYTES);

        assertThat(scanner.isStuck()).isTrue();
        assertThat(scanner.next()).isEqualTo(torn).isEqualTo(reader.readToEnd().end());
    }
}
