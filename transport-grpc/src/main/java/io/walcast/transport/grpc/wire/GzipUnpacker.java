// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads gzip members (RFC 1952), of any maker, one or more in a message. */
final class GzipUnpacker implements Unpacker {
    private static final short MAGIC = (short) 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int HAS_HEADER_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int TIME_AND_SYSTEM_BYTES = 6;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] overflow = new byte[1];

    @Override
    public long expected(byte[] from, int length) {
        return length < GzipPacker.TRAILER_BYTES
                ? 0
                : Integer.toUnsignedLong(
                        ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN).getInt(length - Integer.BYTES));
    }

    @Override
    public int unpack(byte[] from, int length, byte[] into, int offset, int room) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(from, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        int total = 0;
        try {
            do {
                int count = member(from, in, into, offset + total, room - total);
                if (count == TOO_LARGE) {
                    return TOO_LARGE;
                }
                total += count;
            } while (in.hasRemaining());
            return total;
        } catch (DataFormatException e) {
            throw new IOException("invalid gzip data: " + e.getMessage(), e);
        } catch (BufferUnderflowException e) {
            throw new EOFException("invalid gzip data: it ends too early");
        }
    }

    private int member(byte[] from, ByteBuffer in, byte[] into, int offset, int room)
            throws IOException, DataFormatException {
        skipHeader(in);
        inflater.reset();
        inflater.setInput(from, in.position(), in.remaining());
        int count = room > 0 ? inflater.inflate(into, offset, room) : 0;
        // The end of what is deflated is seen only when there is room after it.
        if (!inflater.finished() && inflater.inflate(overflow) > 0) {
            return TOO_LARGE;
        }
        if (!inflater.finished()) {
            throw new EOFException("invalid gzip data: it ends too early");
        }
        in.position(in.limit() - inflater.getRemaining());
        crc.reset();
        crc.update(into, offset, count);
        boolean isSound = in.getInt() == (int) crc.getValue();
        if (in.getInt() != count || !isSound) {
            throw new IOException("invalid gzip data: checksum or length is wrong");
        }
        return count;
    }

    private static void skipHeader(ByteBuffer in) throws IOException {
        if (in.getShort() != MAGIC || in.get() != DEFLATE) {
            throw new IOException("invalid gzip data: no gzip header");
        }
        int flags = in.get();
        if ((flags & RESERVED) != 0) {
            throw new IOException("invalid gzip data: unknown flags");
        }
        skip(in, TIME_AND_SYSTEM_BYTES);
        if ((flags & HAS_EXTRA) != 0) {
            skip(in, Short.toUnsignedInt(in.getShort()));
        }
        if ((flags & HAS_NAME) != 0) {
            skipText(in);
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText(in);
        }
        if ((flags & HAS_HEADER_CRC) != 0) {
            skip(in, Short.BYTES);
        }
    }

    private static void skip(ByteBuffer in, int bytes) {
        if (bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + bytes);
    }

    private static void skipText(ByteBuffer in) {
        while (in.get() != 0) {
            // Up to its end.
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
