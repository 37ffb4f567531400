// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.storage.WalFile;
import io.walcast.testkit.storage.FileCall.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An open file of a {@link FaultyFileSystem}. */
final class FaultyFile implements WalFile {
    private final FaultyFileSystem fileSystem;
    private final Path path;
    private final FileNode node;
    private final boolean writable;

    /** Set by whoever closes, read by all. */
    private volatile boolean closed;

    FaultyFile(FaultyFileSystem fileSystem, Path path, FileNode node, boolean writable) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.node = node;
        this.writable = writable;
    }

    Path path() {
        return path;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        Fault fault = begin(Kind.WRITE, position + "+" + source.remaining());
        requireWritable();
        fileSystem.write(this, node, source, position, fault);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        failIf(begin(Kind.READ, position + "+" + target.remaining()));
        return fileSystem.read(node, target, position);
    }

    @Override
    public void force() throws IOException {
        fileSystem.force(this, node, begin(Kind.FORCE, ""));
    }

    @Override
    public void truncate(long size) throws IOException {
        failIf(begin(Kind.TRUNCATE, String.valueOf(size)));
        requireWritable();
        fileSystem.truncate(node, size);
    }

    @Override
    public long size() throws IOException {
        failIf(begin(Kind.SIZE, ""));
        return fileSystem.size(node);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            failIf(fileSystem.begin(this, Kind.CLOSE, ""));
        }
    }

    private @Nullable Fault begin(Kind kind, String detail) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        return fileSystem.begin(this, kind, detail);
    }

    private void failIf(@Nullable Fault fault) throws IOException {
        if (fault != null) {
            throw fault.exception(path);
        }
    }

    private void requireWritable() {
        if (!writable) {
            throw new IllegalStateException(path + " is open for reading");
        }
    }
}
