// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.testkit.storage.FileCall.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is done before what, seen call by call. */
class StoreOrderTest {
    private static final Path DIRECTORY = Path.of("/wal");
    private static final int SEGMENT = StreamBytes.SIZE.bytes();

    private final FaultyFileSystem machine = new FaultyFileSystem();

    @Test
    void segmentsGoTheWholeWayBeforeTheyAreAcknowledged() {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, 1000);
            machine.note("flushed " + writer.flush());
            append(writer, SEGMENT);
            machine.note("flushed " + writer.flush());
        }

        assertThat(calls("000000010000000000000005", "000000010000000000000006", "wal", "/"))
                .containsSubsequence(
                        "CREATE 000000010000000000000005.tmp",
                        "FORCE 000000010000000000000005.tmp",
                        "RENAME 000000010000000000000005.partial",
                        "WRITE 000000010000000000000005.tmp",
                        "SYNC_DIRECTORY wal",
                        "FORCE 000000010000000000000005.tmp",
                        "NOTE flushed 0/5003E8",
                        "CREATE 000000010000000000000006.tmp",
                        "FORCE 000000010000000000000006.tmp",
                        "WRITE 000000010000000000000006.tmp",
                        "FORCE 000000010000000000000005.tmp",
                        "CLOSE 000000010000000000000005.tmp",
                        "RENAME 000000010000000000000005",
                        "SYNC_DIRECTORY wal",
                        "RENAME 000000010000000000000006.partial",
                        "SYNC_DIRECTORY wal",
                        "FORCE 000000010000000000000006.tmp",
                        "NOTE flushed 0/6003E8");
    }

    @Test
    void theTailIsWrittenAgainBeforeAnythingElseIsDoneWithIt() {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, 1000);
        }
        machine.note("second start");
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, 2000);
        }

        List<String> calls = calls("000000010000000000000005", "wal");
        assertThat(calls.subList(calls.indexOf("NOTE second start"), calls.size()))
                .containsSubsequence(
                        "CREATE 000000010000000000000005.partial.tmp",
                        "FORCE 000000010000000000000005.partial.tmp",
                        "RENAME 000000010000000000000005.partial",
                        "SYNC_DIRECTORY wal",
                        "WRITE 000000010000000000000005.partial");
    }

    @Test
    void bytesThatAreThereAreNotWrittenAgain() {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, 300_000);
        }
        int restart = machine.log().size();
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, 200_000);
            append(writer, 200_000);
        }

        List<FileCall> calls = machine.log();
        assertThat(calls.subList(restart, calls.size()).stream()
                        .filter(call -> call.kind() == Kind.WRITE)
                        .filter(call -> call.path().endsWith("000000010000000000000005.partial"))
                        .map(FileCall::detail))
                .containsExactly("299999+100001"); // the byte before is a zero, and so is no end
    }

    @Test
    void bytesWrittenAheadAreThereAfterTheProcessDied() throws IOException {
        SegmentWriter writer = open().openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START);
        append(writer, 2 * SEGMENT + 5000);

        FaultyFileSystem second = machine.kill(false);
        try (WalDirectory wal = WalDirectory.open(second, DIRECTORY, WalDirectoryOptions.DEFAULTS)) {
            assertThat(wal.streamStart(StreamBytes.SIZE).orElseThrow().lsn()).isEqualTo(StreamBytes.START);
            assertThat(second.names(DIRECTORY)).containsExactly(".walcast", "000000010000000000000005.partial");
            Lsn next = StreamBytes.START.plus(SEGMENT);
            byte[] ahead = second.content(DIRECTORY.resolve(".walcast").resolve("000000010000000000000006.next"));
            assertThat(StreamBytes.matches(ahead, next, next.plus(SEGMENT))).isTrue();
            try (SegmentWriter again = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
                append(again, 2 * SEGMENT + 4000);
            }
        }
        assertThat(second.names(DIRECTORY))
                .containsExactly(
                        ".walcast",
                        "000000010000000000000005",
                        "000000010000000000000006",
                        "000000010000000000000007.partial");
        assertThat(second.names(DIRECTORY.resolve(".walcast"))).containsExactly("lock");
    }

    @Test
    void bytesWrittenAheadBecomeTheTailWhenTheirPredecessorIsFinished() throws IOException {
        SegmentWriter writer = open().openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START);
        append(writer, SEGMENT + 5000);
        machine.crashBefore(
                call -> call.kind() == Kind.RENAME && call.path().endsWith("000000010000000000000006.partial"));
        assertThat(catchThrowable(writer::flush)).isInstanceOf(SimulatedCrash.class);

        FaultyFileSystem second = machine.kill(false);
        try (WalDirectory wal = WalDirectory.open(second, DIRECTORY, WalDirectoryOptions.DEFAULTS)) {
            assertThat(wal.streamStart(StreamBytes.SIZE).orElseThrow().lsn())
                    .isEqualTo(StreamBytes.START.plus(SEGMENT));
        }
        byte[] tail = second.content(DIRECTORY.resolve("000000010000000000000006.partial"));
        assertThat(StreamBytes.matches(tail, StreamBytes.START.plus(SEGMENT), StreamBytes.START.plus(SEGMENT + 5000)))
                .isTrue();
        assertThat(second.names(DIRECTORY.resolve(".walcast"))).containsExactly("lock");
    }

    @Test
    void nothingIsFlushedWhileTheSyncIsStillRunning() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService flusher = Executors.newSingleThreadExecutor();
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, 1000);
            machine.beforeEachCall(call -> {
                if (call.kind() == Kind.FORCE && call.path().endsWith("000000010000000000000005.tmp")) {
                    reached.countDown();
                    await(release);
                }
            });

            Future<Lsn> flush = flusher.submit(writer::flush);
            await(reached);
            append(writer, 1000);

            assertThat(writer.flushed()).isEqualTo(StreamBytes.START);
            assertThat(writer.written()).isEqualTo(StreamBytes.START.plus(2000));
            assertThat(flush.isDone()).isFalse();
            release.countDown();
            assertThat(flush.get(10, TimeUnit.SECONDS)).isEqualTo(StreamBytes.START.plus(1000));
            assertThat(writer.flushed()).isEqualTo(StreamBytes.START.plus(1000));
        } finally {
            flusher.shutdown();
        }
    }

    @Test
    void nothingIsSyncedWhenThatIsNotWanted() {
        try (WalDirectory wal = WalDirectory.open(
                        machine,
                        DIRECTORY,
                        WalDirectoryOptions.DEFAULTS.withCreate(true).withSync(false));
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, SEGMENT + 1000);
            wal.writeHistory(new TimelineId(2), "1\t0/1\n".getBytes(US_ASCII));

            assertThat(writer.flush()).isEqualTo(writer.written());
        }

        assertThat(machine.log()).noneMatch(call -> call.kind() == Kind.FORCE || call.kind() == Kind.SYNC_DIRECTORY);
        assertThat(machine.names(DIRECTORY))
                .containsExactly(
                        ".walcast", "000000010000000000000005", "000000010000000000000006.partial", "00000002.history");
    }

    @Test
    void aHistoryThatAnEarlierProcessLeftUnsyncedIsDurableWhenItIsOffered() {
        byte[] history = "1\t0/1\n".getBytes(US_ASCII);
        FaultyFileSystem second;
        try (WalDirectory wal = open()) {
            machine.failWhen(call -> call.kind() == Kind.SYNC_DIRECTORY, Fault.EIO);
            assertThat(catchThrowable(() -> wal.writeHistory(new TimelineId(2), history)))
                    .hasMessageContaining("00000002.history");
            second = machine.kill(false);
        }
        try (WalDirectory wal = WalDirectory.open(second, DIRECTORY, WalDirectoryOptions.DEFAULTS)) {
            wal.writeHistory(new TimelineId(2), history);
        }

        assertThat(second.crash(CrashOutcome.nothing()).names(DIRECTORY)).contains("00000002.history");
    }

    @Test
    void theIdentityIsDurableWhenItHasBeenRemembered() {
        SystemIdentifier ours = new SystemIdentifier(StreamBytes.SYSTEM_IDENTIFIER);
        open().rememberIdentity(ours, StreamBytes.SIZE);

        FaultyFileSystem second = machine.crash(CrashOutcome.nothing());
        try (WalDirectory wal = WalDirectory.open(second, DIRECTORY, WalDirectoryOptions.DEFAULTS)) {
            assertThat(wal.systemIdentifier()).contains(ours);
            assertThat(wal.segmentSize()).contains(StreamBytes.SIZE);
        }
    }

    @Test
    void aFullDiskIsAPauseAndNothingIsLeftBehindInIt() {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(StreamBytes.SIZE, TimelineId.FIRST, StreamBytes.START)) {
            append(writer, SEGMENT - 1000);
            machine.setCapacity(SEGMENT + SEGMENT / 2);
            writer.prepareNext();
            assertThat(writer.wantsPrepare()).isFalse();
            ByteBuffer payload = StreamBytes.from(writer.position(), 5000);

            assertThat(writer.append(payload)).isFalse();
            assertThat(payload.remaining()).isEqualTo(4000);
            assertThat(writer.written()).isEqualTo(StreamBytes.START.plus(SEGMENT));
            assertThat(writer.flush()).isEqualTo(writer.written());
            assertThat(writer.append(payload)).isFalse();
            assertThat(machine.names(DIRECTORY.resolve(".walcast"))).containsExactly("lock");

            machine.setCapacity(Long.MAX_VALUE);
            assertThat(writer.append(payload)).isTrue();
            assertThat(writer.written()).isEqualTo(StreamBytes.START.plus(SEGMENT + 4000));
        }
    }

    private WalDirectory open() {
        return WalDirectory.open(machine, DIRECTORY, WalDirectoryOptions.DEFAULTS.withCreate(true));
    }

    private static void append(SegmentWriter writer, int bytes) {
        assertThat(writer.append(StreamBytes.from(writer.position(), bytes))).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the calls on files whose names begin so, and the notes, without positions. */
    private List<String> calls(String... names) {
        return machine.log().stream()
                .filter(call -> call.kind() == Kind.NOTE
                        || List.of(names).stream()
                                .anyMatch(name -> String.valueOf(call.path().getFileName())
                                        .startsWith(name)))
                .map(call -> call.kind() == Kind.NOTE
                        ? "NOTE " + call.detail()
                        : call.kind() + " " + call.path().getFileName())
                .toList();
    }
}
