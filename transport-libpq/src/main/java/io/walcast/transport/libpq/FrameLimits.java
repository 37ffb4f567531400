// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * How long a frame may be, by its type; checked before a byte of it is buffered.
 *
 * @param copyDataBytes limit of CopyData, the length field included
 * @param dataRowBytes limit of DataRow, the length field included
 * @param dataRowOverflow what to say, with SQLSTATE 54000, when a DataRow is longer; null for the usual
 */
record FrameLimits(
        int copyDataBytes, int dataRowBytes, @Nullable String dataRowOverflow) {
    static final int LARGEST_WAL_MESSAGE_BYTES = 1 << 20;

    private static final int LARGEST_LOGICAL_MESSAGE_BYTES = 256 << 20;
    private static final int DATA_ROW_BYTES = (1 << 20) + (64 << 10);
    private static final int TEXT_BYTES = 64 << 10;
    private static final int COLUMNS_BYTES = 256 << 10;
    private static final int OTHER_BYTES = 30_000;

    static final FrameLimits PHYSICAL = new FrameLimits(LARGEST_WAL_MESSAGE_BYTES, DATA_ROW_BYTES, null);
    static final FrameLimits LOGICAL = new FrameLimits(LARGEST_LOGICAL_MESSAGE_BYTES, DATA_ROW_BYTES, null);

    /** Returns these limits with another one for rows. */
    FrameLimits withDataRow(int bytes, String overflow) {
        return new FrameLimits(copyDataBytes, bytes, overflow);
    }

    /**
     * Checks the length field of a frame.
     *
     * @throws ProtocolViolationException if it is impossible or over the limit
     */
    void check(byte type, int length) {
        if (length < Integer.BYTES) {
            throw new ProtocolViolationException("invalid message length");
        }
        switch (type) {
            case 'd' -> checkCopyData(length);
            case 'D' -> checkDataRow(length);
            case 'E', 'N', 'R' -> check(type, length, TEXT_BYTES, "64 KB");
            case 'T' -> check(type, length, COLUMNS_BYTES, "256 KB");
            default -> check(type, length, OTHER_BYTES, "30000 bytes");
        }
    }

    private void checkCopyData(int length) {
        if (length <= copyDataBytes) {
            return;
        }
        throw new ProtocolViolationException(
                copyDataBytes == LARGEST_WAL_MESSAGE_BYTES
                        ? "CopyData longer than 1 MB (PostgreSQL sends at most 128 KB)"
                        : "CopyData longer than %d MB".formatted(copyDataBytes >> 20));
    }

    private void checkDataRow(int length) {
        if (length > dataRowBytes && dataRowOverflow != null) {
            throw new ProtocolViolationException(SqlState.PROGRAM_LIMIT_EXCEEDED, dataRowOverflow);
        }
        check((byte) 'D', length, dataRowBytes, "%d KB".formatted(dataRowBytes >> 10));
    }

    private static void check(byte type, int length, int limit, String limitText) {
        if (length > limit) {
            throw new ProtocolViolationException("message %s longer than %s".formatted(typeName(type), limitText));
        }
    }

    /** Returns a frame type as it may be shown. */
    static String typeName(byte type) {
        return type > ' ' && type < 127 ? "\"%c\"".formatted((char) type) : "0x%02x".formatted(type);
    }
}
