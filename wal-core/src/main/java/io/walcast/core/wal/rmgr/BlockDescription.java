// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import io.walcast.core.wal.BlockReference;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogRecord;

/** The blocks of a record, and their images, in {@code pg_waldump}'s words ({@code XLogRecGetBlockRefInfo}). Stateless. */
public final class BlockDescription {
    private static final int BLOCK_BYTES = 8192;
    private static final int PGLZ = 0x04;
    private static final int LZ4 = 0x08;
    private static final int ZSTD = 0x10;

    private BlockDescription() {}

    /** Appends all blocks on the same line. */
    public static void appendShort(XLogRecord record, WalVersion version, StringBuilder out) {
        for (BlockReference block : record.blocks()) {
            out.append(", ");
            appendName(block, block.fork() != 0, out);
            BlockReference.Image image = block.image();
            if (image != null) {
                out.append(isApplied(image, version) ? " FPW" : " FPW for WAL verification");
            }
        }
    }

    /** Appends each block on a line of its own, indented, with what is left out of its image; the line before is ended. */
    public static void appendDetailed(XLogRecord record, WalVersion version, StringBuilder out) {
        out.append('\n');
        for (BlockReference block : record.blocks()) {
            out.append('\t');
            appendName(block, true, out);
            BlockReference.Image image = block.image();
            if (image != null) {
                appendImage(image, version, out);
            }
            out.append('\n');
        }
    }

    /** Returns how many bytes of the record are images of blocks. */
    public static int imageBytes(XLogRecord record) {
        int bytes = 0;
        for (BlockReference block : record.blocks()) {
            BlockReference.Image image = block.image();
            bytes += image == null ? 0 : image.length();
        }
        return bytes;
    }

    private static void appendName(BlockReference block, boolean withFork, StringBuilder out) {
        out.append("blkref #").append(block.id());
        out.append(": rel ").append(block.relation());
        if (withFork) {
            out.append(" fork ").append(forkName(block.fork()));
        }
        out.append(" blk ").append(Integer.toUnsignedString(block.blockNumber()));
    }

    private static void appendImage(BlockReference.Image image, WalVersion version, StringBuilder out) {
        out.append(isApplied(image, version) ? " (FPW)" : " (FPW for WAL verification)");
        out.append("; hole: offset: ").append(image.holeOffset());
        out.append(", length: ").append(image.holeLength());
        String method = compression(image.info(), version);
        if (!method.isEmpty()) {
            out.append(", compression saved: ").append(BLOCK_BYTES - image.holeLength() - image.length());
            out.append(", method: ").append(method);
        }
    }

    private static boolean isApplied(BlockReference.Image image, WalVersion version) {
        return (image.info() & (version == WalVersion.V14 ? 0x04 : 0x02)) != 0;
    }

    private static String compression(int info, WalVersion version) {
        if (version == WalVersion.V14) {
            return (info & 0x02) != 0 ? "pglz" : "";
        }
        if ((info & PGLZ) != 0) {
            return "pglz";
        }
        return (info & LZ4) != 0 ? "lz4" : (info & ZSTD) != 0 ? "zstd" : "";
    }

    /** Returns the name of fork {@code number}; there are four, and damage can name others. */
    public static String forkName(int number) {
        return number <= 3 ? RecordFields.fork(number) : Integer.toString(number);
    }
}
