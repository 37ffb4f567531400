// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import java.nio.ByteBuffer;

/**
 * Whether the headers within a record add up to its length: what {@link XLogRecordCodec} checks when it decodes, without
 * decoding. Where it is not sure it says no, and the codec has to decide.
 *
 * <p>Keeps its place between steps: one owner thread.
 */
final class RecordShape {
    private static final int MAX_BLOCK_ID = 32;
    private static final int DATA_SHORT = 255;
    private static final int DATA_LONG = 254;
    private static final int ORIGIN = 253;
    private static final int TOPLEVEL_XID = 252;

    private static final int BLOCK_HEADER_BYTES = 4;
    private static final int IMAGE_HEADER_BYTES = 5;
    private static final int RELATION_BYTES = 12;

    /** More than the headers of a record take up that has every block there can be. */
    static final int MAX_HEADER_BYTES = 2048;

    private final BlockImageRules rules;
    private int at;
    private int limit;
    private long payloadBytes;

    RecordShape(WalVersion version) {
        rules = BlockImageRules.of(version);
    }

    /** Returns whether the record at {@code start}, {@code length} long, of which {@code atHand} bytes are here, is sound. */
    boolean isSound(ByteBuffer bytes, int start, long length, int atHand) {
        at = start + XLogRecord.HEADER_BYTES;
        limit = start + atHand;
        payloadBytes = 0;
        long end = start + length;
        int lastBlock = -1;
        boolean relationKnown = false;
        while (end - at > payloadBytes) {
            if (at >= limit) {
                return false;
            }
            int id = Byte.toUnsignedInt(bytes.get(at++));
            if (id == DATA_SHORT || id == DATA_LONG) {
                return hasMainData(bytes, id) && end - at == payloadBytes;
            } else if (id == ORIGIN) {
                at += Short.BYTES;
            } else if (id == TOPLEVEL_XID) {
                at += Integer.BYTES;
            } else if (id > MAX_BLOCK_ID || id <= lastBlock || !skipBlock(bytes, relationKnown)) {
                return false;
            } else {
                lastBlock = id;
                relationKnown = true;
            }
        }
        return end - at == payloadBytes;
    }

    private boolean hasMainData(ByteBuffer bytes, int id) {
        int lengthBytes = id == DATA_SHORT ? Byte.BYTES : Integer.BYTES;
        if (limit - at < lengthBytes) {
            return false;
        }
        payloadBytes += id == DATA_SHORT ? Byte.toUnsignedInt(bytes.get(at)) : Integer.toUnsignedLong(bytes.getInt(at));
        at += lengthBytes;
        return true;
    }

    private boolean skipBlock(ByteBuffer bytes, boolean relationKnown) {
        if (limit - at < BLOCK_HEADER_BYTES) {
            return false;
        }
        int flags = Byte.toUnsignedInt(bytes.get(at));
        int dataLength = Short.toUnsignedInt(bytes.getShort(at + 1));
        at += Byte.BYTES + Short.BYTES;
        payloadBytes += dataLength;
        if ((flags & BlockReference.HAS_DATA) != 0 != (dataLength != 0)
                || ((flags & BlockReference.HAS_IMAGE) != 0 && !skipImage(bytes))) {
            return false;
        }
        boolean sameRelation = (flags & BlockReference.SAME_REL) != 0;
        at += (sameRelation ? 0 : RELATION_BYTES) + Integer.BYTES;
        return at <= limit && (!sameRelation || relationKnown);
    }

    private boolean skipImage(ByteBuffer bytes) {
        if (limit - at < IMAGE_HEADER_BYTES + Short.BYTES) {
            return false;
        }
        int length = Short.toUnsignedInt(bytes.getShort(at));
        int holeOffset = Short.toUnsignedInt(bytes.getShort(at + 2));
        int info = Byte.toUnsignedInt(bytes.get(at + 4));
        at += IMAGE_HEADER_BYTES;
        int holeLength = rules.holeLength(info, length);
        if (rules.isCompressed(info) && rules.hasHole(info)) {
            holeLength = Short.toUnsignedInt(bytes.getShort(at));
            at += Short.BYTES;
        }
        payloadBytes += length;
        return rules.problemWith(new BlockReference.Image(0, length, holeOffset, holeLength, info)) == null;
    }
}
