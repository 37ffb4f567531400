// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.error.SqlState;
import java.util.Optional;

/**
 * Where the WAL at hand ends, and why.
 *
 * @param lastRecord the start of the last valid record, 0/0 if none was read
 * @param end where the next record would begin: the end of the last valid record, a segment switch counted to the end
 *     of its segment; the start that was asked for if none was read
 * @param reason what kind of end it is
 * @param message PostgreSQL's text, for example {@code invalid record length at 0/1002018: wanted 24, got 0}
 */
public record EndOfWal(Lsn lastRecord, Lsn end, Reason reason, String message) {

    /** What kinds of end there are. */
    public enum Reason {
        /** The source has nothing more. */
        NO_MORE_BYTES,
        /** Zeros, as in the unused rest of a new segment. */
        ZEROS,
        /** Bytes that are no valid WAL: what an earlier use left in a recycled segment, a torn write, damage. */
        INVALID,
        /** Pages of a later version of PostgreSQL, to be passed on but not decoded. */
        UNKNOWN_FORMAT
    }

    public EndOfWal {
        requireNonNull(lastRecord, "lastRecord");
        requireNonNull(end, "end");
        requireNonNull(reason, "reason");
        requireNonNull(message, "message");
    }

    /** Returns the SQLSTATE to report if WAL should have gone on here, or empty if it just ends. */
    public Optional<SqlState> sqlState() {
        return switch (reason) {
            case NO_MORE_BYTES, ZEROS -> Optional.empty();
            case INVALID -> Optional.of(SqlState.DATA_CORRUPTED);
            case UNKNOWN_FORMAT -> Optional.of(SqlState.FEATURE_NOT_SUPPORTED);
        };
    }
}
