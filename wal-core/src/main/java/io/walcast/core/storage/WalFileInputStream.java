// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a {@link WalFile} as a stream, which owns the file. One thread. */
public final class WalFileInputStream extends InputStream {
    private final WalFile file;
    private long position;
    private @Nullable IOException failure;

    /** Makes the stream of {@code file} from its beginning. */
    public WalFileInputStream(WalFile file) {
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            int read = file.read(ByteBuffer.wrap(target, offset, length), position);
            position += Math.max(read, 0);
            return read <= 0 ? -1 : read;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Throws what the disk has thrown before, which whoever reads may have taken for the end. */
    void check() throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
