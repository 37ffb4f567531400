// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.core.storage.WalFile;
import io.walcast.core.storage.WalFileInputStream;
import io.walcast.core.storage.WalFileSystem;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a segment's file, decompressed if need be. What goes back in a compressed file decompresses it again.
 *
 * <p>Threading: one owner thread.
 */
final class SegmentBytes implements Closeable {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final WalFileSystem fileSystem;
    private final Path path;
    private final StoredSegment segment;
    private final @Nullable WalFile plain;

    private byte @Nullable [] block;
    private @Nullable InputStream stream;
    private long streamed;
    private @Nullable String damage;

    private SegmentBytes(WalFileSystem fileSystem, Path path, StoredSegment segment, @Nullable WalFile plain) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.segment = segment;
        this.plain = plain;
    }

    static SegmentBytes open(WalFileSystem fileSystem, Path directory, StoredSegment segment) throws IOException {
        Path path = directory.resolve(segment.file().fileName());
        WalFile plain = segment.file().isPlain() ? fileSystem.openForReading(path) : null;
        return new SegmentBytes(fileSystem, path, segment, plain);
    }

    StoredSegment segment() {
        return segment;
    }

    /** Returns what is wrong with a compressed file, as far as it was read; null if nothing. */
    @Nullable
    String damage() {
        return damage;
    }

    /** Reads from {@code offset} until {@code into} is full or the segment, or what there is of it, ends. */
    int read(ByteBuffer into, long offset) throws IOException {
        long rest = segment.end() - segment.start() - offset;
        if (rest <= 0) {
            return 0;
        }
        int limit = into.limit();
        into.limit(into.position() + (int) Math.min(into.remaining(), rest));
        try {
            return plain == null ? readCompressed(into, offset) : plain.readFully(into, offset);
        } finally {
            into.limit(limit);
        }
    }

    private int readCompressed(ByteBuffer into, long offset) throws IOException {
        int before = into.position();
        try {
            if (stream == null || streamed > offset) {
                reopen();
            }
            boolean more = skipTo(offset);
            while (more && into.hasRemaining()) {
                int bytes = readBlock(into.remaining());
                more = bytes > 0;
                if (more) {
                    into.put(block(), 0, bytes);
                }
            }
        } catch (IOException | RuntimeException e) { // decompressors throw what they like
            damage = e.getMessage() == null ? e.toString() : e.getMessage();
        }
        return into.position() - before;
    }

    private boolean skipTo(long offset) throws IOException {
        while (streamed < offset) {
            if (readBlock(offset - streamed) <= 0) {
                return false;
            }
        }
        return true;
    }

    private int readBlock(long wanted) throws IOException {
        InputStream from = stream;
        if (from == null) {
            return 0;
        }
        int bytes = from.read(block(), 0, (int) Math.min(wanted, BLOCK_BYTES));
        streamed += Math.max(bytes, 0);
        return bytes;
    }

    /** Returns how many bytes there are in all: of a compressed file, after reading it to its end. */
    long length() throws IOException {
        if (plain != null) {
            return plain.size();
        }
        long size = segment.end() - segment.start();
        try {
            if (stream == null) {
                reopen();
            }
            skipTo(size + 1);
        } catch (IOException | RuntimeException e) { // decompressors throw what they like
            damage = e.getMessage() == null ? e.toString() : e.getMessage();
        }
        return streamed;
    }

    private void reopen() throws IOException {
        closeStream();
        SegmentDecompressor decompressor = segment.file().decompressor();
        if (decompressor == null) {
            return;
        }
        WalFile file = fileSystem.openForReading(path);
        boolean opened = false;
        try {
            stream = decompressor.open(new WalFileInputStream(file));
            opened = true;
        } finally {
            if (!opened) {
                file.close();
            }
        }
        streamed = 0;
    }

    private byte[] block() {
        byte[] bytes = block;
        if (bytes == null) {
            bytes = new byte[BLOCK_BYTES];
            block = bytes;
        }
        return bytes;
    }

    private void closeStream() throws IOException {
        InputStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        closeStream();
        if (plain != null) {
            plain.close();
        }
    }
}
