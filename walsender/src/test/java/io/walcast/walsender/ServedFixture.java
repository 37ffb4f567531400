// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ReceivedWal;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.ipc.WalRcvShared;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.storage.FaultyFileSystem;
import io.walcast.testkit.storage.FileCall;
import io.walcast.transport.WalChunk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A relay's directory in memory, with a receiver that does what it is told, and a stream to read from it. */
final class ServedFixture implements AutoCloseable {
    static final SegmentSize SIZE = new SegmentSize(4 << 20);
    static final TimelineId TIMELINE = TimelineId.FIRST;
    static final Lsn START = SIZE.start(1);
    static final Path DIRECTORY = Path.of("/wal");

    private static final int APPEND_BYTES = 1 << 20;
    private static final long TIMEOUT_SECONDS = 10;

    final FaultyFileSystem fileSystem = new FaultyFileSystem();
    final SyntheticWal wal = new SyntheticWal(new SystemIdentifier(7_300_000_000_000_000_001L), TIMELINE, SIZE, 1);
    final WalRcvShared shared = new WalRcvShared();
    final WalDirectory directory =
            WalDirectory.open(fileSystem, DIRECTORY, WalDirectoryOptions.DEFAULTS.withCreate(true));
    final ReceivedWal served;
    private final SegmentWriter writer;
    private final Set<String> threads = ConcurrentHashMap.newKeySet();

    /** Makes one with {@code bytes} of WAL, all flushed. */
    ServedFixture(int bytes) {
        shared.startsAt(TIMELINE, START, START, null);
        writer = directory.openSegments(SIZE, TIMELINE, START);
        served = ReceivedWal.open(directory, shared);
        receive(bytes);
        assertThat(served.position()).isNotNull();
        fileSystem.beforeEachCall(call -> threads.add(Thread.currentThread().getName()));
        threads.clear();
    }

    void receive(int bytes) {
        for (int done = 0; done < bytes; ) {
            int part = Math.min(APPEND_BYTES, bytes - done);
            assertThat(writer.append(ByteBuffer.wrap(wal.bytes(writer.position(), part))))
                    .isTrue();
            done += part;
        }
        shared.flushed(writer.flush(), TIMELINE);
    }

    Lsn end() {
        return writer.flushed();
    }

    /** Returns which threads have touched files since the beginning. */
    Set<String> threads() {
        return threads;
    }

    List<FileCall> calls(FileCall.Kind kind) {
        return fileSystem.log().stream().filter(call -> call.kind() == kind).toList();
    }

    /** Asks until there is a chunk. */
    static WalChunk next(WalSndReader reader, Lsn start, Lsn upto) {
        Semaphore woken = new Semaphore(0);
        WalChunk chunk = reader.next(TIMELINE, start, upto, upto, WalSndReader.MAX_SEND_SIZE, woken::release);
        while (chunk == null) {
            await(woken);
            chunk = reader.next(TIMELINE, start, upto, upto, WalSndReader.MAX_SEND_SIZE, woken::release);
        }
        return chunk;
    }

    static void await(Semaphore woken) {
        try {
            assertThat(woken.tryAcquire(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checks the bytes of a chunk, closes it and returns where the next one begins. */
    Lsn checked(WalChunk chunk) {
        byte[] bytes = new byte[chunk.length()];
        chunk.buffer().get(bytes);
        assertThat(bytes).isEqualTo(wal.bytes(chunk.start(), bytes.length));
        Lsn end = chunk.start().plus(chunk.length());
        chunk.close();
        return end;
    }

    @Override
    public void close() {
        directory.close();
    }
}
