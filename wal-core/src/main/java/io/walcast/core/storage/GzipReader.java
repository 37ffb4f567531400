// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The content of a gzip file, of one member or several. Other than the JDK's own stream it gives every byte before it tells
 * of damage, reads the extra field, and refuses what follows the last member and is none.
 *
 * <p>Threading: one thread.
 */
final class GzipReader extends InputStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int FIRST_MAGIC = 0x1f;
    private static final int SECOND_MAGIC = 0x8b;
    private static final int DEFLATE = 8;
    private static final int HAS_HEADER_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED = 0xe0;
    private static final int TIME_XFL_AND_OS_BYTES = 6;

    private final InputStream compressed;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private List<GzipMarks.Mark> marks = List.of();
    private int at;
    private int limit;
    private int members;
    private boolean inMember;
    private boolean ended;

    GzipReader(InputStream compressed) {
        this.compressed = compressed;
    }

    /** Returns how many bytes, from the beginning, can be relied on; see {@link GzipMarks}. */
    long reliableBytes() throws IOException {
        byte[] block = new byte[BUFFER_BYTES];
        CRC32 sum = new CRC32();
        long bytes = 0;
        long marked = -1;
        try {
            while (true) {
                beginMemberIfNeeded();
                marked = Math.max(marked, marked(bytes, sum.getValue()));
                int read = read(block, 0, (int) Math.min(block.length, untilNextMark(bytes)));
                if (read < 0) {
                    return bytes;
                }
                sum.update(block, 0, read);
                bytes += read;
            }
        } catch (ZipException | EOFException e) {
            return marked < 0 ? bytes : marked;
        }
    }

    private long marked(long bytes, long sum) {
        return members == 1 && marks.contains(new GzipMarks.Mark(bytes, sum)) ? bytes : -1;
    }

    private long untilNextMark(long bytes) {
        return marks.stream()
                .mapToLong(mark -> mark.bytes() - bytes)
                .filter(more -> more > 0)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        int read = 0;
        while (length > 0 && read == 0) {
            beginMemberIfNeeded();
            if (ended) {
                return -1;
            }
            read = inflate(target, offset, length);
            if (read == 0 && inflater.finished()) {
                endMember();
            }
        }
        return read;
    }

    /** Inflates some; 0 if the member has ended. */
    private int inflate(byte[] target, int offset, int length) throws IOException {
        while (true) {
            long before = inflater.getBytesWritten();
            int read;
            try {
                read = inflater.inflate(target, offset, length);
            } catch (DataFormatException e) {
                read = (int) (inflater.getBytesWritten() - before);
                if (read == 0) {
                    throw new ZipException(e.getMessage() == null ? "invalid deflate data" : e.getMessage());
                }
            }
            if (read > 0 || inflater.finished()) {
                crc.update(target, offset, read);
                return read;
            }
            if (inflater.needsDictionary()) {
                throw new ZipException("a dictionary is needed");
            }
            fill();
            inflater.setInput(buffer, at, limit - at);
            at = limit;
        }
    }

    private void fill() throws IOException {
        if (!hasMore()) {
            throw new EOFException("the file is cut off");
        }
    }

    private boolean hasMore() throws IOException {
        if (at == limit) {
            at = 0;
            limit = Math.max(0, compressed.read(buffer, 0, buffer.length));
        }
        return at < limit;
    }

    private void beginMemberIfNeeded() throws IOException {
        if (inMember || ended) {
            return;
        }
        if (members > 0 && !hasMore()) {
            ended = true;
            return;
        }
        readHeader();
        inflater.reset();
        crc.reset();
        members++;
        inMember = true;
    }

    private void readHeader() throws IOException {
        if (next() != FIRST_MAGIC || next() != SECOND_MAGIC) {
            throw new ZipException(members > 0 ? "trailing bytes after gzip stream" : "not in gzip format");
        }
        int method = next();
        int flags = next();
        if (method != DEFLATE || (flags & RESERVED) != 0) {
            throw new ZipException(
                    members > 0 ? "trailing bytes after gzip stream" : "unsupported compression method or flags");
        }
        skip(TIME_XFL_AND_OS_BYTES);
        if ((flags & HAS_EXTRA) != 0) {
            byte[] extra = new byte[nextShort()];
            for (int i = 0; i < extra.length; i++) {
                extra[i] = (byte) next();
            }
            marks = GzipMarks.decode(extra);
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_HEADER_CRC) != 0) {
            skip(Short.BYTES);
        }
    }

    private void endMember() throws IOException {
        at = limit - inflater.getRemaining();
        long sum = nextInt();
        long size = nextInt();
        if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
            throw new ZipException("the checksum or the size does not fit");
        }
        inMember = false;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // up to the zero at its end
        }
    }

    private long nextInt() throws IOException {
        return nextShort() | (long) nextShort() << Short.SIZE;
    }

    private int nextShort() throws IOException {
        return next() | next() << Byte.SIZE;
    }

    private int next() throws IOException {
        fill();
        return Byte.toUnsignedInt(buffer[at++]);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        compressed.close();
    }
}
