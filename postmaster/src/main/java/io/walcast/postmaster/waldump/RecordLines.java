// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.Lsn;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogRecord;
import io.walcast.core.wal.rmgr.BlockDescription;
import io.walcast.core.wal.rmgr.RecordDescription;
import io.walcast.core.wal.rmgr.ResourceManager;
import java.util.Locale;

/** The line for a record, and those for its blocks if they are wanted. One owner thread. */
final class RecordLines {
    private static final int NAME_COLUMNS = 11;
    private static final int LENGTH_COLUMNS = 6;
    private static final int TRANSACTION_COLUMNS = 10;
    private static final int HALF_DIGITS = 8;

    private final WalVersion version;
    private final boolean blockDetails;
    private final StringBuilder line = new StringBuilder();

    RecordLines(WalVersion version, boolean blockDetails) {
        this.version = version;
        this.blockDetails = blockDetails;
    }

    /** Returns the text for {@code record}, with its last line feed; valid until the next call. */
    CharSequence of(XLogRecord record) {
        int images = BlockDescription.imageBytes(record);
        String name = ResourceManager.nameOf(record.resourceManager());
        line.setLength(0);
        line.append("rmgr: ").append(name).append(" ".repeat(Math.max(0, NAME_COLUMNS - name.length())));
        line.append(" len (rec/tot): ");
        appendRight(Integer.toString(record.totalLength() - images), LENGTH_COLUMNS);
        line.append('/');
        appendRight(Integer.toString(record.totalLength()), LENGTH_COLUMNS);
        line.append(", tx: ");
        appendRight(Integer.toUnsignedString(record.transaction()), TRANSACTION_COLUMNS);
        line.append(", lsn: ");
        appendPosition(record.start());
        line.append(", prev ");
        appendPosition(record.previous());
        line.append(", desc: ")
                .append(RecordDescription.operation(record, version))
                .append(' ');
        RecordDescription.appendDetails(record, version, line);
        if (blockDetails) {
            BlockDescription.appendDetailed(record, version, line);
        } else {
            BlockDescription.appendShort(record, version, line);
            line.append('\n');
        }
        return line;
    }

    private void appendRight(String text, int columns) {
        line.append(" ".repeat(Math.max(0, columns - text.length()))).append(text);
    }

    private void appendPosition(Lsn lsn) {
        line.append(Long.toHexString(lsn.value() >>> 32).toUpperCase(Locale.ROOT))
                .append('/');
        String low = Long.toHexString(lsn.value() & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
        line.append("0".repeat(HALF_DIGITS - low.length())).append(low);
    }
}
