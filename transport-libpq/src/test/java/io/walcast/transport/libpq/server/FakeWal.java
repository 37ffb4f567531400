// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.WalChunk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Bytes in a file that stand for WAL from 0/1000000 on, and how many chunks of them are leased. */
final class FakeWal implements AutoCloseable {
    static final Lsn START = Lsn.parse("0/1000000");

    final AtomicInteger leased = new AtomicInteger();
    final AtomicInteger handedOut = new AtomicInteger();
    final byte[] bytes;
    private final FileChannel file;
    private final ByteBuffer direct;

    private FakeWal(byte[] bytes, FileChannel file) {
        this.bytes = bytes;
        this.file = file;
        this.direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static FakeWal create(Path directory, int length) {
        byte[] bytes = new byte[length];
        new Random(42).nextBytes(bytes);
        try {
            Path path = Files.write(Files.createTempFile(directory, "wal", ""), bytes);
            return new FakeWal(bytes, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Lsn end() {
        return START.plus(bytes.length);
    }

    WalChunk chunk(Lsn start, int length) {
        leased.incrementAndGet();
        handedOut.incrementAndGet();
        return new Lease(start, length);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class Lease implements WalChunk {
        private final Lsn start;
        private final int length;
        private final AtomicBoolean closed = new AtomicBoolean();

        Lease(Lsn start, int length) {
            this.start = start;
            this.length = length;
        }

        @Override
        public Lsn start() {
            return start;
        }

        @Override
        public Lsn serverEnd() {
            return end();
        }

        @Override
        public PgTimestamp sentAt() {
            return new PgTimestamp(1);
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public @Nullable FileChannel file() {
            return file;
        }

        @Override
        public long fileOffset() {
            return start.value() - START.value();
        }

        @Override
        public ByteBuffer buffer() {
            return direct.slice((int) fileOffset(), length).asReadOnlyBuffer();
        }

        @Override
        public void close() {
            if (!closed.compareAndSet(false, true)) {
                throw new IllegalStateException("closed twice");
            }
            leased.decrementAndGet();
        }
    }
}
