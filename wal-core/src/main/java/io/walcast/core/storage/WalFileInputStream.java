// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of a {@link WalFile} as a stream, which owns the file. One thread. */
public final class WalFileInputStream extends InputStream {
    private final WalFile file;
    private long position;

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
        int read = file.read(ByteBuffer.wrap(target, offset, length), position);
        position += Math.max(read, 0);
        return read <= 0 ? -1 : read;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
