// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import static java.util.Objects.requireNonNull;

import io.walcast.core.storage.SegmentDecompressor;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The bytes of one WAL file, decompressed as they are read. One owner thread. */
final class SegmentContent implements Closeable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path file;
    private final @Nullable SegmentDecompressor decompressor;
    private @Nullable FileChannel channel;
    private @Nullable InputStream stream;
    private long streamPosition;

    private SegmentContent(Path file, @Nullable SegmentDecompressor decompressor) {
        this.file = file;
        this.decompressor = decompressor;
    }

    /** Opens {@code file}, which is compressed unless there is no {@code decompressor}. */
    static SegmentContent open(Path file, @Nullable SegmentDecompressor decompressor) throws IOException {
        SegmentContent content = new SegmentContent(file, decompressor);
        if (decompressor == null) {
            content.channel = FileChannel.open(file, StandardOpenOption.READ);
        } else {
            content.reopen(decompressor);
        }
        return content;
    }

    Path file() {
        return file;
    }

    /** Reads at {@code position} until {@code target} is full or the content ends; returns the number of bytes. */
    int read(ByteBuffer target, long position) throws IOException {
        int before = target.position();
        FileChannel plain = channel;
        if (plain == null) {
            readStream(target, position);
        } else {
            int read = 0;
            while (target.hasRemaining() && read >= 0) {
                read = plain.read(target, position + target.position() - before);
            }
        }
        return target.position() - before;
    }

    private void readStream(ByteBuffer target, long position) throws IOException {
        InputStream in = stream;
        if (in == null || position < streamPosition) {
            close();
            in = reopen(requireNonNull(decompressor));
        }
        in.skipNBytes(position - streamPosition);
        streamPosition = position;
        byte[] bytes = new byte[target.remaining()];
        int read = in.readNBytes(bytes, 0, bytes.length);
        streamPosition += read;
        target.put(bytes, 0, read);
    }

    private InputStream reopen(SegmentDecompressor by) throws IOException {
        InputStream opened = by.open(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
        stream = opened;
        streamPosition = 0;
        return opened;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }
}
