// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedSegment;
import io.walcast.core.storage.ServedWal;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import io.walcast.testkit.SyntheticWal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** WAL in memory, as far as a test says. Safe for use from any thread. */
final class FakeServedWal implements ServedWal {
    static final SegmentSize SEGMENT_SIZE = new SegmentSize(SegmentSize.MIN_BYTES);
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7_710_176_439_805_894_728L);

    private final List<Latch> latches = new CopyOnWriteArrayList<>();
    private final Map<TimelineId, byte[]> histories = new ConcurrentHashMap<>();
    private volatile @Nullable ServedPosition position;
    private volatile int major;
    private volatile @Nullable StorageException historyFailure;
    private final AtomicInteger historyReads = new AtomicInteger();

    private final List<SegmentName> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger listings = new AtomicInteger();

    FakeServedWal(int major) {
        this.major = major;
    }

    /** Has the WAL of {@code timeline} go up to {@code flushedUpto}. */
    void moveTo(int timeline, Lsn flushedUpto) {
        position = new ServedPosition(TimelineId.of(timeline), flushedUpto);
        latches.forEach(Latch::set);
    }

    void moveTo(int timeline, String flushedUpto) {
        moveTo(timeline, Lsn.parse(flushedUpto));
    }

    void forget() {
        position = null;
    }

    void setMajor(int newMajor) {
        major = newMajor;
    }

    /** Adds the history file of {@code timeline}, {@code content} of one line each for an ancestor. */
    void addHistory(int timeline, String content) {
        histories.put(TimelineId.of(timeline), content.getBytes(US_ASCII));
    }

    void failHistory(@Nullable StorageException failure) {
        historyFailure = failure;
    }

    /** Returns which segments were opened. */
    List<SegmentName> opened() {
        return opened;
    }

    /** Returns how often the oldest segment was asked for, which lists a directory. */
    int listings() {
        return listings.get();
    }

    int historyReads() {
        return historyReads.get();
    }

    @Override
    public @Nullable ServedPosition position() {
        return position;
    }

    @Override
    public Registration wakeOnChange(Latch latch) {
        latches.add(latch);
        return () -> latches.remove(latch);
    }

    int watchers() {
        return latches.size();
    }

    @Override
    public SystemIdentifier systemIdentifier() {
        return SYSTEM;
    }

    @Override
    public SegmentSize segmentSize() {
        return SEGMENT_SIZE;
    }

    @Override
    public int majorVersion() {
        requireNonNull(position, "no position yet"); // as those that read files
        return major;
    }

    @Override
    public Optional<byte[]> history(TimelineId timeline) {
        historyReads.incrementAndGet();
        StorageException failure = historyFailure;
        if (failure != null) {
            throw failure;
        }
        return Optional.ofNullable(histories.get(timeline));
    }

    @Override
    public ServedSegment open(TimelineId timeline, long segmentNumber) {
        opened.add(new SegmentName(timeline, segmentNumber));
        if (segmentNumber == 0) {
            throw new StorageException(SqlState.UNDEFINED_FILE, "no such segment", null);
        }
        SyntheticWal wal = new SyntheticWal(SYSTEM, timeline, SEGMENT_SIZE, 1);
        return new ServedSegment() {
            @Override
            public @Nullable FileChannel channel() {
                return null;
            }

            @Override
            public int read(ByteBuffer into, long offset) {
                int length = into.remaining();
                into.put(wal.bytes(SEGMENT_SIZE.start(segmentNumber).plus(offset), length));
                return length;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Optional<Long> oldestSegment() {
        listings.incrementAndGet();
        return Optional.of(1L);
    }
}
