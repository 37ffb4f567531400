// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static io.walcast.walsender.ServedFixture.SIZE;
import static io.walcast.walsender.ServedFixture.START;
import static io.walcast.walsender.ServedFixture.TIMELINE;
import static io.walcast.walsender.ServedFixture.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.ipc.Clock;
import io.walcast.testkit.FakeClock;
import io.walcast.testkit.storage.Fault;
import io.walcast.testkit.storage.FileCall.Kind;
import io.walcast.transport.WalChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WalSegmentsTest {
    private static final int SEGMENT = SIZE.bytes();

    private final ServedFixture fixture = new ServedFixture(2 * SEGMENT + 100_000);
    private final FakeClock clock = new FakeClock();
    private final WalSegments segments = segments(clock, WalSegmentsOptions.DEFAULTS);

    private WalSegments segments(Clock time, WalSegmentsOptions options) {
        return new WalSegments(fixture.served, time, options);
    }

    @AfterEach
    void close() {
        segments.close();
        fixture.close();
    }

    @Test
    void aStreamGetsEveryByteInOrder() {
        WalSndReader reader = segments.reader();
        Lsn end = fixture.end();

        Lsn at = START.plus(100);
        while (at.isBefore(end)) {
            WalChunk chunk = next(reader, at, end);
            assertThat(chunk.start()).isEqualTo(at);
            assertThat(chunk.serverEnd()).isEqualTo(end);
            assertThat(chunk.sentAt()).isEqualTo(clock.now());
            assertThat(chunk.fileOffset()).isEqualTo(SIZE.offset(at));
            at = fixture.checked(chunk);
        }

        assertThat(at).isEqualTo(end);
    }

    /** The next segment may be in the file of the timeline that took over. */
    @Test
    void nothingIsReadAheadBeyondASegmentOfATimelineThatIsOver() {
        FakeServedWal wal = new FakeServedWal(18);
        wal.moveTo(2, "0/480000");
        try (WalSegments historic = new WalSegments(wal, clock, WalSegmentsOptions.DEFAULTS)) {
            WalSndReader reader = historic.reader();
            Lsn end = Lsn.parse("0/300000");
            for (Lsn at = Lsn.parse("0/200000"); at.isBefore(end); ) {
                try (WalChunk chunk = next(reader, at, Lsn.parse("0/380000"))) {
                    at = at.plus(chunk.length());
                }
            }

            assertThat(wal.opened()).containsExactly(new SegmentName(TimelineId.FIRST, 2));
        }
    }

    @Test
    void noFileIsOpenedOrReadByTheStream() {
        WalSndReader reader = segments.reader();
        Lsn end = fixture.end();

        Lsn at = START;
        while (at.isBefore(end)) {
            try (WalChunk chunk = next(reader, at, end)) {
                at = at.plus(chunk.length());
            }
        }

        assertThat(fixture.threads()).isNotEmpty().allMatch(name -> name.startsWith("walcast-walsender-io-"));
    }

    @Test
    void isNullAndDoesNotWaitWhileTheDiskIsSlow() throws InterruptedException {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        fixture.fileSystem.beforeEachCall(call -> {
            if (call.kind() == Kind.READ && call.detail().endsWith("+262144")) {
                reading.countDown();
                awaitQuietly(slow);
            }
        });
        WalSndReader reader = segments.reader();
        Semaphore woken = new Semaphore(0);

        assertThat(ask(reader, START, woken)).isNull();
        ServedFixture.await(woken);
        assertThat(ask(reader, START, woken)).isNull();
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ask(reader, START, woken)).isNull();
        assertThat(woken.availablePermits()).isZero();
        slow.countDown();
        ServedFixture.await(woken);

        try (WalChunk chunk = ask(reader, START, woken)) {
            assertThat(chunk).isNotNull();
        }
        assertThat(woken.availablePermits()).isZero();
    }

    @Test
    void streamsAtTheSamePlaceShareEachRead() {
        List<WalSndReader> readers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            readers.add(segments.reader());
        }
        Lsn end = fixture.end();
        long before = fixture.calls(Kind.READ).size();

        for (Lsn at = START; at.isBefore(end); ) {
            List<WalChunk> chunks = new ArrayList<>();
            for (WalSndReader reader : readers) {
                chunks.add(next(reader, at, end));
            }
            for (WalChunk chunk : chunks) {
                at = fixture.checked(chunk);
            }
        }

        long bytes = 2L * SEGMENT + 100_000;
        long readAhead = bytes / (256 * 1024) + 1;
        long blocks = bytes / SharedBlock.BYTES + 1;
        long headers = 3;
        assertThat(fixture.calls(Kind.READ).size() - before).isEqualTo(readAhead + blocks + headers);
        assertThat(segments.blocks().size()).isEqualTo(32);
    }

    @Test
    void theNextPieceIsReadBeforeItIsNeeded() {
        WalSndReader reader = segments.reader();
        next(reader, START, fixture.end()).close();
        await().until(() -> reads("000000010000000000000001") >= 12);

        for (int piece = 1; piece < 3; piece++) {
            WalChunk chunk = ask(reader, START.plus((long) piece * WalSndReadAhead.PIECE_BYTES), new Semaphore(0));
            assertThat(chunk).isNotNull();
            chunk.close();
        }
        next(reader, START.plus(3L * WalSndReadAhead.PIECE_BYTES), fixture.end())
                .close();
        await().until(() -> segments.openSegments() == 2);
    }

    /** So that many streams at as many places take turns at a slow disk. */
    @Test
    void nothingBeyondTheRunIsReadForAStreamThatWaits() throws InterruptedException {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        fixture.fileSystem.beforeEachCall(call -> {
            if (call.kind() == Kind.READ && call.detail().startsWith("0+262144")) {
                reading.countDown();
                awaitQuietly(slow);
            }
        });
        WalSndReader reader = segments.reader();
        Semaphore woken = new Semaphore(0);
        assertThat(ask(reader, START, woken)).isNull();
        ServedFixture.await(woken);
        assertThat(ask(reader, START, woken)).isNull();
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(segments.openSegments()).isOne();
        slow.countDown();
        ServedFixture.await(woken);
        assertThat(ask(reader, START, woken)).isNotNull().satisfies(WalChunk::close);
        assertThat(segments.openSegments()).isEqualTo(2);
    }

    @Test
    void whatHasJustBeenFlushedIsNotReadAhead() {
        Lsn at = fixture.end();
        WalSndReader reader = segments.reader();
        fixture.receive(500_000);
        long before = fixture.calls(Kind.READ).size();

        WalChunk chunk = next(reader, at, fixture.end());

        assertThat(fixture.calls(Kind.READ).size() - before).isOne(); // the header
        fixture.checked(chunk);
    }

    @Test
    void whatWasReadLongAgoIsReadAgain() {
        WalSndReader reader = segments.reader();
        next(reader, START, fixture.end()).close();
        assertThat(ask(reader, START, new Semaphore(0))).isNotNull().satisfies(WalChunk::close);

        clock.advance(Duration.ofMinutes(1));

        Semaphore woken = new Semaphore(0);
        assertThat(ask(reader, START, woken)).isNull();
        ServedFixture.await(woken);
        next(reader, START, fixture.end()).close();
    }

    @Test
    void aRemovedSegmentIsSentWhileItIsOnLeaseAndNotOpenedAgain() throws IOException {
        WalSndReader reader = segments.reader();
        WalChunk chunk = next(reader, START, fixture.end());
        fixture.fileSystem.delete(file("000000010000000000000001"));
        segments.removed(2);

        fixture.checked(chunk);

        assertThatThrownBy(() -> next(reader, START, fixture.end()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE))
                .hasMessage("requested WAL segment 000000010000000000000001 has already been removed");
        fixture.checked(next(reader, SIZE.start(2), fixture.end()));
        await().untilAsserted(() -> assertThat(fixture.calls(Kind.CLOSE).stream()
                        .filter(call -> call.path().equals(file("000000010000000000000001")))
                        .count())
                .isOne());
    }

    @Test
    void aReadErrorEndsTheStreamsThatNeedThosePagesOnly() {
        fixture.fileSystem.failWhen(
                call -> call.kind() == Kind.READ && call.detail().startsWith("2359296+"), Fault.EIO);
        WalSndReader broken = segments.reader();
        WalSndReader whole = segments.reader();
        Lsn at = START.plus(2L * WalSndReadAhead.PIECE_BYTES);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> next(broken, at, fixture.end()))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.IO_ERROR))
                    .hasMessage("could not read from WAL segment 000000010000000000000001, offset 2097152: "
                            + file("000000010000000000000001") + ": Input/output error");
        }
        fixture.checked(next(whole, START, fixture.end()));
        fixture.checked(next(whole, SIZE.start(2), fixture.end()));
        fixture.fileSystem.heal(); // a read that has begun may still fail
        await().ignoreExceptions().untilAsserted(() -> fixture.checked(next(broken, at, fixture.end())));
    }

    @Test
    void anErrorOfTheJvmIsHeardOfByTheStream() {
        fixture.fileSystem.failWhen(call -> call.kind() == Kind.OPEN, Fault.THROWN_ERROR);

        assertThatThrownBy(() -> next(segments.reader(), START, fixture.end()))
                .isInstanceOf(StorageException.class)
                .hasMessage("could not open WAL segment 000000010000000000000001");
    }

    @Test
    void aDamagedSegmentIsNotSentAndOthersAre() throws IOException {
        try (var file = fixture.fileSystem.open(file("000000010000000000000001"))) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 8);
        }

        assertThatThrownBy(() -> next(segments.reader(), START, fixture.end()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED));
        fixture.checked(next(segments.reader(), SIZE.start(2), fixture.end()));
    }

    @Test
    void aChunkMayBeClosedTwiceAndThenHasNoBytes() {
        WalChunk chunk = next(segments.reader(), START, fixture.end());
        chunk.buffer();
        chunk.close();
        chunk.close();

        assertThatThrownBy(chunk::buffer).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void buffersAreViewsWithAPositionOfTheirOwn() {
        WalChunk first = next(segments.reader(), START, fixture.end());
        WalChunk second = next(segments.reader(), START, fixture.end());
        ByteBuffer mine = first.buffer();
        mine.position(100);

        assertThat(mine.isDirect()).isTrue();
        assertThat(mine.isReadOnly()).isTrue();
        assertThat(first.buffer().position()).isZero();
        assertThat(second.buffer().remaining()).isEqualTo(SharedBlock.BYTES);
        fixture.checked(first);
        fixture.checked(second);
    }

    @Test
    void filesThatNobodyNeedsAreClosedWhenThereAreTooMany() {
        try (WalSegments few = segments(clock, WalSegmentsOptions.DEFAULTS.withOpenSegments(1))) {
            WalChunk held = next(few.reader(), START, fixture.end());
            next(few.reader(), SIZE.start(2), SIZE.start(3)).close();
            await().until(() -> reads("000000010000000000000002") >= 16);
            clock.advance(Duration.ofSeconds(2));
            next(few.reader(), SIZE.start(3), fixture.end()).close();

            assertThat(few.openSegments()).isEqualTo(2);
            fixture.checked(held);
        }
    }

    @Test
    void closesEveryFileInTheEnd() {
        long before = fixture.calls(Kind.CLOSE).size();
        WalChunk held;
        long opened;
        try (WalSegments brief = segments(clock, WalSegmentsOptions.DEFAULTS)) {
            held = next(brief.reader(), START, fixture.end());
            next(brief.reader(), SIZE.start(2), fixture.end()).close();
            opened = brief.openSegments();
        }
        fixture.checked(held);

        await().untilAsserted(() ->
                assertThat(fixture.calls(Kind.CLOSE).size() - before).isEqualTo(opened));
    }

    private @Nullable WalChunk ask(WalSndReader reader, Lsn start, Semaphore woken) {
        return reader.next(TIMELINE, start, fixture.end(), fixture.end(), WalSndReader.MAX_SEND_SIZE, woken::release);
    }

    private long reads(String name) {
        return fixture.calls(Kind.READ).stream()
                .filter(call -> call.path().equals(file(name)))
                .filter(call -> call.detail().endsWith("+262144"))
                .count();
    }

    private static Path file(String name) {
        return ServedFixture.DIRECTORY.resolve(name);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
