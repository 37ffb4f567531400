// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The content of LZ4 frames, with independent and with linked blocks, one frame or several; frames that are to be skipped are.
 *
 * <p>Threading: one thread.
 */
final class Lz4Reader extends InputStream {
    private static final int HISTORY_BYTES = 64 * 1024;
    private static final int SMALLEST_BLOCK_ID = 4;
    private static final int LARGEST_BLOCK_ID = 7;

    private final InputStream compressed;
    private final XXHash32 hash = XXHashFactory.safeInstance().hash32();
    private final StreamingXXHash32 contentHash = XXHashFactory.safeInstance().newStreamingHash32(Lz4Format.SEED);

    private byte[] data = new byte[0];

    /** The last 64 kB of content, where blocks are linked; then the block. */
    private byte[] content = new byte[HISTORY_BYTES];

    /** How much content is kept before the block. */
    private int history;

    private int flags;
    private int blockBytes;
    private int start;
    private int end;
    private boolean inFrame;
    private boolean ended;
    private int frames;

    Lz4Reader(InputStream compressed) {
        this.compressed = compressed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        while (start == end && !ended) {
            if (inFrame) {
                readBlock();
            } else {
                beginFrame();
            }
        }
        if (ended) {
            return -1;
        }
        int bytes = Math.min(length, end - start);
        System.arraycopy(content, start, target, offset, bytes);
        start += bytes;
        return bytes;
    }

    private void beginFrame() throws IOException {
        byte[] magic = compressed.readNBytes(Integer.BYTES);
        if (magic.length == 0 && frames > 0) {
            ended = true;
        } else if (magic.length < Integer.BYTES) {
            throw frames > 0 ? new IOException("trailing bytes after LZ4 frame") : new EOFException("cut off");
        } else if ((toInt(magic) & Lz4Format.SKIPPABLE_MASK) == Lz4Format.SKIPPABLE_MAGIC) {
            compressed.skipNBytes(Integer.toUnsignedLong(nextInt()));
        } else if (toInt(magic) == Lz4Format.MAGIC) {
            readDescriptor();
            frames++;
        } else {
            throw new IOException(frames > 0 ? "trailing bytes after LZ4 frame" : "not in LZ4 format");
        }
    }

    private void readDescriptor() throws IOException {
        byte[] descriptor = new byte[2 + Long.BYTES];
        readFully(descriptor, 0, 2);
        flags = descriptor[0];
        int bytes = 2;
        if (has(Lz4Format.CONTENT_SIZE)) {
            readFully(descriptor, bytes, Long.BYTES);
            bytes += Long.BYTES;
        }
        boolean known = (flags & Lz4Format.VERSION_MASK) == Lz4Format.VERSION && !has(Lz4Format.RESERVED);
        int blockId = descriptor[1] >>> 4;
        if (!known || has(Lz4Format.DICTIONARY) || blockId < SMALLEST_BLOCK_ID || blockId > LARGEST_BLOCK_ID) {
            throw new IOException("unsupported LZ4 frame");
        }
        int check = hash.hash(descriptor, 0, bytes, Lz4Format.SEED) >>> Byte.SIZE & 0xFF;
        if (next() != check) {
            throw new IOException("LZ4 frame header checksum does not fit");
        }
        blockBytes = 1 << (2 * blockId + 8);
        data = data.length == blockBytes ? data : new byte[blockBytes];
        content = content.length == HISTORY_BYTES + blockBytes ? content : new byte[HISTORY_BYTES + blockBytes];
        start = HISTORY_BYTES;
        end = start;
        contentHash.reset();
        inFrame = true;
        history = 0;
    }

    private void readBlock() throws IOException {
        int size = nextInt();
        if (size == Lz4Format.END_MARK) {
            endFrame();
            return;
        }
        int bytes = size & ~Lz4Format.NOT_COMPRESSED;
        if (bytes > blockBytes) {
            throw new IOException("LZ4 block of %d bytes (expected: at most %d)".formatted(bytes, blockBytes));
        }
        readFully(data, 0, bytes);
        if (has(Lz4Format.BLOCK_CHECKSUMS) && nextInt() != hash.hash(data, 0, bytes, Lz4Format.SEED)) {
            throw new IOException("LZ4 block checksum does not fit");
        }
        keepHistory();
        if (size < 0) {
            System.arraycopy(data, 0, content, start, bytes);
            end = start + bytes;
        } else {
            end = Lz4Block.decompress(data, bytes, content, start - history, start);
        }
        if (has(Lz4Format.CONTENT_CHECKSUM)) {
            contentHash.update(content, start, end - start);
        }
    }

    private void keepHistory() {
        if (!has(Lz4Format.INDEPENDENT_BLOCKS)) {
            int kept = Math.min(HISTORY_BYTES, history + end - HISTORY_BYTES);
            System.arraycopy(content, end - kept, content, HISTORY_BYTES - kept, kept);
            history = kept;
        }
        start = HISTORY_BYTES;
        end = HISTORY_BYTES;
    }

    private void endFrame() throws IOException {
        if (has(Lz4Format.CONTENT_CHECKSUM) && nextInt() != contentHash.getValue()) {
            throw new IOException("LZ4 content checksum does not fit");
        }
        inFrame = false;
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private void readFully(byte[] target, int offset, int bytes) throws IOException {
        if (compressed.readNBytes(target, offset, bytes) < bytes) {
            throw new EOFException("the file is cut off");
        }
    }

    private int next() throws IOException {
        int next = compressed.read();
        if (next < 0) {
            throw new EOFException("the file is cut off");
        }
        return next;
    }

    private int nextInt() throws IOException {
        byte[] bytes = new byte[Integer.BYTES];
        readFully(bytes, 0, bytes.length);
        return toInt(bytes);
    }

    private static int toInt(byte[] bytes) {
        return Byte.toUnsignedInt(bytes[0])
                | Byte.toUnsignedInt(bytes[1]) << 8
                | Byte.toUnsignedInt(bytes[2]) << 16
                | Byte.toUnsignedInt(bytes[3]) << 24;
    }

    @Override
    public void close() throws IOException {
        compressed.close();
    }
}
