// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file of {@link PosixFileSystem}. A direct buffer goes to the kernel as it is; nothing is copied or allocated. */
final class PosixFile implements WalFile {
    private final Path path;
    private final FileChannel channel;

    PosixFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        try {
            while (source.hasRemaining()) {
                int written = channel.write(source, at);
                if (written <= 0) {
                    throw new IOException(path + ": a write of " + source.remaining() + " bytes wrote none");
                }
                at += written;
            }
        } catch (IOException e) {
            throw DiskFull.told(e, path);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
