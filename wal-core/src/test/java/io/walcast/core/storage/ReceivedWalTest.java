// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.WalBuilder;
import io.walcast.core.wal.WalVersion;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedWalTest {
    private static final SegmentSize SIZE = WalBuilder.SIZE;
    private static final TimelineId SECOND = new TimelineId(2);
    private static final Lsn START = WalBuilder.START;

    @TempDir
    private Path directory;

    private final WalBuilder wal = new WalBuilder(WalVersion.V16);
    private final WalRcvShared shared = new WalRcvShared();
    private WalDirectory open;

    @BeforeEach
    void open() {
        open = WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS);
    }

    @AfterEach
    void close() {
        open.close();
    }

    @Test
    void hasNoPositionBeforeAnythingIsFlushed() {
        ReceivedWal served = ReceivedWal.open(open, shared);

        assertThat(served.position()).isNull();
        shared.startsAt(TimelineId.FIRST, START, START, null);
        assertThat(served.position()).isNull();
    }

    @Test
    void goesUpToTheFlushPositionAndNotToWhatIsWritten() throws IOException {
        Lsn record = wal.noop(1000);
        wal.noop(1000);
        ReceivedWal served = ReceivedWal.open(open, shared);
        shared.startsAt(TimelineId.FIRST, START, START, null);
        try (SegmentWriter writer = open.openSegments(SIZE, TimelineId.FIRST, START)) {
            append(writer, record.plus(1000));
            flush(writer);
            append(writer, wal.position());

            assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, record.plus(1000)));
            assertThat(served.systemIdentifier()).isEqualTo(WalBuilder.SYSTEM);
            assertThat(served.segmentSize()).isEqualTo(SIZE);
            assertThat(served.majorVersion()).isEqualTo(16);
            assertThat(served.oldestSegment()).hasValue(1L);
            assertThat(read(served, TimelineId.FIRST, START, record.plus(1000)))
                    .isEqualTo(bytes(START, record.plus(1000)));
        }
    }

    @Test
    void tellsOfEachAdvance() {
        wal.noop(1000);
        ReceivedWal served = ReceivedWal.open(open, shared);
        shared.startsAt(TimelineId.FIRST, START, START, null);
        Latch latch = new Latch();
        try (SegmentWriter writer = open.openSegments(SIZE, TimelineId.FIRST, START);
                Registration waiter = served.wakeOnChange(latch)) {
            append(writer, wal.position());
            assertThat(waiter).isNotNull();
            assertThat(latch.isSet()).isFalse();
            flush(writer);
            assertThat(latch.isSet()).isTrue();
        }
    }

    @Test
    void offersWhatAnEarlierProcessLeftUpToTheLastWholeRecord() {
        wal.noop(300_000);
        wal.noop(5000);
        Lsn end = wal.position();
        Lsn half = wal.noop(20_000);
        receive(TimelineId.FIRST, START, half.plus(9000));
        reopen();

        ReceivedWal served = ReceivedWal.open(open, shared);

        assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, end));
    }

    /** Of the page cache a power loss takes what it likes: 512 bytes of zeros within a record that began before. */
    @Test
    void doesNotOfferARecordFromTheSegmentBeforeWhoseRestWasTorn() throws IOException {
        wal.noop(900_000);
        wal.noop(300_000);
        wal.noop(1000);

        requireOfferedUntilTorn("000000010000000000000002.partial", SIZE.start(2));
    }

    /** Nothing begins in the segment before: the record is from the one before that. */
    @Test
    void doesNotOfferARecordLongerThanASegmentWhoseRestWasTorn() throws IOException {
        wal.noop(300_000);
        wal.noop(2_300_000);
        wal.noop(1000);

        requireOfferedUntilTorn("000000010000000000000003.partial", SIZE.start(3));
    }

    /** What begins in the segment before is nothing but this one. */
    @Test
    void doesNotOfferARecordWhoseRestWasTornAfterOneThatFillsTheSegmentBefore() throws IOException {
        wal.noop(1_300_000);
        wal.noop(900_000);
        wal.noop(1000);

        requireOfferedUntilTorn("000000010000000000000003.partial", SIZE.start(3));
    }

    /** Nothing is there but this one. */
    @Test
    void doesNotOfferARecordWhoseRestWasTornThatIsTheFirst() throws IOException {
        wal.noop(1_300_000);
        wal.noop(1000);

        requireOfferedUntilTorn("000000010000000000000002.partial", SIZE.start(2));
    }

    private void requireOfferedUntilTorn(String unfinished, Lsn offered) throws IOException {
        Lsn end = wal.position();
        receive(TimelineId.FIRST, START, end);
        reopen();
        assertThat(ReceivedWal.open(open, shared).position()).isEqualTo(new ServedPosition(TimelineId.FIRST, end));

        try (FileChannel file = FileChannel.open(directory.resolve(unfinished), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(512), 20_480);
        }
        reopen();

        assertThat(ReceivedWal.open(open, shared).position()).isEqualTo(new ServedPosition(TimelineId.FIRST, offered));
    }

    @Test
    void doesNotGoBackWhenStreamingBeginsAtTheSegmentStartAgain() {
        wal.noop(300_000);
        Lsn middle = wal.noop(1000);
        Lsn end = wal.noop(1000).plus(1000);
        receive(TimelineId.FIRST, START, end);
        reopen();
        ReceivedWal served = ReceivedWal.open(open, shared);
        shared.startsAt(TimelineId.FIRST, START, START, null);
        try (SegmentWriter writer = open.openSegments(SIZE, TimelineId.FIRST, START)) {
            append(writer, middle);
            flush(writer);

            assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, end));
        }
    }

    @Test
    void offersFinishedSegmentsUpToTheirEndEvenInTheMiddleOfARecord() {
        for (int i = 0; i < 3; i++) {
            wal.noop(700_000);
        }
        receive(TimelineId.FIRST, START, SIZE.start(3));
        reopen();

        ReceivedWal served = ReceivedWal.open(open, shared);

        assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, SIZE.start(3)));
        assertThat(served.oldestSegment()).hasValue(1L);
    }

    @Test
    void aTimelineShowsWhenSomethingOfItsOwnIsFlushed() throws IOException {
        wal.noop(300_000);
        Lsn fork = wal.position();
        receive(TimelineId.FIRST, START, fork);
        ReceivedWal served = ReceivedWal.open(open, shared);
        shared.startsAt(TimelineId.FIRST, START, START, null);
        byte[] history = ("1\t" + fork + "\tno recovery target specified\n").getBytes(US_ASCII);
        open.writeHistory(SECOND, history);
        wal.promote(SECOND);
        wal.noop(500);
        shared.startsAt(SECOND, START, fork, null);
        try (SegmentWriter writer = open.openSegments(SIZE, SECOND, START)) {
            append(writer, START.plus(8192));
            writer.flush();
            assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, fork));

            append(writer, wal.position());
            shared.flushed(writer.flush(), SECOND);
            assertThat(served.position()).isEqualTo(new ServedPosition(SECOND, wal.position()));
            assertThat(served.history(SECOND)).hasValue(history);
            assertThat(read(served, SECOND, START, wal.position())).isEqualTo(bytes(START, wal.position()));
        }
    }

    @Test
    void aTimelineThatWasCutOffBeforeItsBeginningDoesNotHideItsParent() {
        wal.noop(300_000);
        Lsn fork = wal.position();
        receive(TimelineId.FIRST, START, fork);
        open.writeHistory(SECOND, ("1\t" + fork + "\treason\n").getBytes(US_ASCII));
        receive(SECOND, START, START.plus(100_000));
        reopen();

        ReceivedWal served = ReceivedWal.open(open, shared);

        assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, fork));
    }

    @Test
    void opensTheSegmentAgainWhenItWasWrittenAgain() throws IOException {
        wal.noop(300_000);
        Lsn end = wal.position();
        receive(TimelineId.FIRST, START, end);
        reopen();
        ReceivedWal served = ReceivedWal.open(open, shared);
        try (ServedSegment segment = served.open(TimelineId.FIRST, 1)) {
            assertThat(segment.needReload()).isFalse();
            open.layout().rewrite(directory.resolve("000000010000000000000001.partial"));
            assertThat(segment.needReload()).isTrue();
        }
    }

    @Test
    void aSegmentThatIsGoneIsRemoved() throws IOException {
        for (int i = 0; i < 3; i++) {
            wal.noop(700_000);
        }
        receive(TimelineId.FIRST, START, SIZE.start(3));
        ReceivedWal served = ReceivedWal.open(open, shared);
        ServedSegment before = served.open(TimelineId.FIRST, 1);
        Files.delete(directory.resolve("000000010000000000000001"));

        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE))
                .hasMessage("requested WAL segment 000000010000000000000001 has already been removed");
        assertThat(served.oldestSegment()).hasValue(2L);
        assertThat(before.read(ByteBuffer.allocate(100), 0)).isEqualTo(100);
        before.close();
    }

    @Test
    void aSegmentOfAnotherClusterOrPlaceIsNotOpened() throws IOException {
        for (int i = 0; i < 4; i++) {
            wal.noop(700_000);
        }
        receive(TimelineId.FIRST, START, SIZE.start(3));
        ReceivedWal served = ReceivedWal.open(open, shared);
        Path file = directory.resolve("000000010000000000000001");
        byte[] whole = Files.readAllBytes(file);

        for (int at : new int[] {0, 2, 5, 12, 25, 34}) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            Files.write(file, damaged);
            assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1))
                    .as("byte %d", at)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED))
                    .hasMessageEndingWith(" in WAL segment 000000010000000000000001, offset 0");
        }
        Files.write(file, Arrays.copyOf(whole, 8192));
        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1))
                .hasMessage("WAL segment 000000010000000000000001 has incorrect size 8192");
        Files.write(file, whole);
        served.open(TimelineId.FIRST, 1).close();
    }

    private void receive(TimelineId timeline, Lsn start, Lsn end) {
        try (SegmentWriter writer = open.openSegments(SIZE, timeline, start)) {
            append(writer, end);
        }
    }

    private void reopen() {
        open.close();
        open();
    }

    private void append(SegmentWriter writer, Lsn end) {
        Lsn at = writer.position();
        assertThat(writer.append(wal.at(at).limit((int) end.minus(at)))).isTrue();
    }

    private void flush(SegmentWriter writer) {
        shared.flushed(writer.flush(), writer.timeline());
    }

    private byte[] bytes(Lsn start, Lsn end) {
        byte[] bytes = new byte[(int) end.minus(start)];
        wal.at(start).get(bytes);
        return bytes;
    }

    private static byte[] read(ServedWal served, TimelineId timeline, Lsn start, Lsn end) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) end.minus(start));
        try (ServedSegment segment = served.open(timeline, SIZE.segmentNumber(start))) {
            segment.read(into, SIZE.offset(start));
        }
        assertThat(into.hasRemaining()).isFalse();
        return into.array();
    }
}
