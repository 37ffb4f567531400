// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.core.storage.WalFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmentRemovalTest {
    private static final Path DIRECTORY = Path.of("/wal");
    private static final Path OLDEST = DIRECTORY.resolve(".walcast/oldest");
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final TimelineId SECOND = new TimelineId(2);
    private static final int FIRST_SEGMENT = 3;
    private static final int LAST_SEGMENT = 9;
    private static final int OUTCOMES = 1 << 10;

    @Test
    void removesWhatIsBeforeAndKeepsTheRest() throws IOException {
        FaultyFileSystem machine = machine();
        put(machine, "00000002.history");
        put(machine, name(2, 4) + ".gz");
        put(machine, name(2, 5) + ".partial");
        put(machine, name(3, 4));
        try (WalDirectory wal = open(machine)) {
            wal.removeSegmentsBefore(SECOND, 6, SIZE);

            assertThat(names(machine))
                    .containsExactlyInAnyOrder(
                            "00000002.history", name(1, 6), name(1, 7), name(1, 8), name(1, 9), name(3, 4));
            assertThat(wal.lastRemovedSegment()).isEqualTo(5);
        }
        try (WalDirectory wal = open(machine)) {
            assertThat(wal.lastRemovedSegment()).isEqualTo(5);
        }
    }

    @Test
    void removesOldestFirstAndOnlyWhatIsMarkedAsRemovedForGood() throws IOException {
        FaultyFileSystem machine = machine();
        try (WalDirectory wal = open(machine)) {
            machine.note("begin");
            wal.removeSegmentsBefore(SECOND, 6, SIZE);
        }
        List<String> calls = machine.log().stream()
                .dropWhile(call -> !call.detail().equals("begin"))
                .filter(call -> List.of(
                                FileCall.Kind.FORCE,
                                FileCall.Kind.RENAME,
                                FileCall.Kind.SYNC_DIRECTORY,
                                FileCall.Kind.DELETE)
                        .contains(call.kind()))
                .map(call -> call.kind() + " " + call.path().getFileName())
                .toList();
        assertThat(calls)
                .containsExactlyInAnyOrder(
                        "FORCE oldest.tmp",
                        "RENAME oldest",
                        "SYNC_DIRECTORY .walcast",
                        "DELETE " + name(1, 3),
                        "DELETE " + name(1, 4),
                        "DELETE " + name(1, 5),
                        "SYNC_DIRECTORY wal",
                        "FORCE oldest.tmp",
                        "RENAME oldest",
                        "SYNC_DIRECTORY .walcast");
    }

    @Test
    void keepsTheNewestSegmentWhateverIsAsked() throws IOException {
        FaultyFileSystem machine = machine();
        try (WalDirectory wal = open(machine)) {
            wal.removeSegmentsBefore(SECOND, 100, SIZE);
        }
        assertThat(names(machine)).containsExactly(name(1, LAST_SEGMENT));
    }

    @Test
    void keepsWhatIsNotArchivedYetAndAllAfterIt() throws IOException {
        FaultyFileSystem machine = machine();
        machine.createDirectory(DIRECTORY.resolve("archive_status"), FileMode.OWNER);
        put(machine, "archive_status/" + name(1, 3) + ".done");
        put(machine, "archive_status/" + name(1, 5) + ".ready");
        put(machine, "archive_status/00000002.history.ready");
        try (WalDirectory wal = open(machine)) {
            wal.removeSegmentsBefore(SECOND, 8, SIZE);
        }
        assertThat(names(machine)).startsWith(name(1, 5), name(1, 6)).doesNotContain(name(1, 4));
    }

    @Test
    void leavesOneRangeWhereverACrashHappensAndWhateverSurvives() throws IOException {
        FaultyFileSystem whole = machine();
        long from = whole.calls();
        removeUntilCrash(whole, Long.MAX_VALUE);
        for (long number = from + 1; number <= whole.calls() + 1; number++) {
            FaultyFileSystem machine = machine();
            machine.settleNames();
            removeUntilCrash(machine, number);
            String when = "crash before call " + number;
            EveryOutcome.of(outcome -> requireOneRange(machine.crash(outcome), when), OUTCOMES);
        }
    }

    @Test
    void endsWhatWasBegunThoughItCrashesAgainAndAgain() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            FaultyFileSystem machine = machine();
            machine.settleNames();
            removeUntilCrash(machine, machine.calls() + 10 + seed % 25);
            for (int again = 0; again < 3; again++) {
                machine = machine.crash(CrashOutcome.random(seed + 1000L * again));
                machine.crashBefore(5 + (seed * 7 + again) % 25);
                try {
                    open(machine).close();
                } catch (SimulatedCrash expected) {
                    assertThat(expected).isNotNull();
                }
            }
            requireOneRange(machine.crash(CrashOutcome.random(seed)), "seed " + seed);
        }
    }

    private static void requireOneRange(FaultyFileSystem found, String when) {
        try {
            open(found).close();
            List<String> left = names(found);
            int first = FIRST_SEGMENT + (LAST_SEGMENT - FIRST_SEGMENT + 1) - left.size();
            assertThat(left).as(when).isEqualTo(range(first)).hasSizeGreaterThanOrEqualTo(4);
        } catch (IOException e) {
            throw new UncheckedIOException(when, e);
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void endsTheStorageUnlessTheDiskIsFull(Fault fault) throws IOException {
        FaultyFileSystem whole = machine();
        WalDirectory first = open(whole);
        long from = whole.calls();
        first.removeSegmentsBefore(SECOND, 6, SIZE);
        for (long number = from + 1; number <= whole.calls(); number++) {
            FaultyFileSystem machine = machine();
            WalDirectory wal = open(machine);
            machine.failCall(number, fault);
            Throwable failure = catchFailure(() -> wal.removeSegmentsBefore(SECOND, 6, SIZE));
            machine.heal();
            if (failure == null || isFull(failure)) {
                assertThat(fault.isDiskFull()).isTrue();
                wal.removeSegmentsBefore(SECOND, 6, SIZE);
                assertThat(names(machine)).isEqualTo(range(6));
            } else {
                assertThatThrownBy(() -> wal.removeSegmentsBefore(SECOND, 6, SIZE))
                        .isInstanceOf(StorageException.class);
            }
            requireOneRange(machine.kill(true), fault + " at call " + number);
        }
    }

    private static boolean isFull(Throwable failure) {
        return failure instanceof StorageException storage && storage.sqlState().equals(SqlState.DISK_FULL);
    }

    @Test
    void makesRoomOnAFullDisk() throws IOException {
        FaultyFileSystem machine = machine();
        try (WalDirectory wal = open(machine)) {
            machine.setCapacity(0);
            machine.beforeEachCall(call -> {
                if (call.kind() == FileCall.Kind.DELETE
                        && DIRECTORY.equals(call.path().getParent())) {
                    machine.setCapacity(1 << 20);
                }
            });
            wal.removeSegmentsBefore(SECOND, 6, SIZE);
        }
        assertThat(names(machine)).isEqualTo(range(6));
    }

    @Test
    void refusesADamagedBound() throws IOException {
        FaultyFileSystem machine = machine();
        try (WalDirectory wal = open(machine)) {
            wal.removeSegmentsBefore(SECOND, 6, SIZE);
        }
        byte[] good = machine.content(OLDEST);
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            requireRefused(machine, flipped);
        }
        for (int length = 0; length < good.length; length++) {
            requireRefused(machine, Arrays.copyOf(good, length));
        }
    }

    private static void requireRefused(FaultyFileSystem machine, byte[] content) throws IOException {
        machine.delete(OLDEST);
        put(machine, ".walcast/oldest", content);
        assertThatThrownBy(() -> open(machine))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED))
                .hasMessageContaining(OLDEST.toString());
    }

    private static @Nullable Throwable catchFailure(Runnable call) {
        try {
            call.run();
            return null;
        } catch (StorageException | Fault.RequestedError e) {
            return e;
        }
    }

    private static void removeUntilCrash(FaultyFileSystem machine, long number) {
        machine.crashBefore(number);
        try (WalDirectory wal = open(machine)) {
            wal.removeSegmentsBefore(SECOND, 6, SIZE);
        } catch (SimulatedCrash expected) {
            assertThat(machine.calls()).isLessThan(number);
        }
    }

    private static WalDirectory open(FaultyFileSystem machine) {
        return WalDirectory.open(machine, DIRECTORY, WalDirectoryOptions.DEFAULTS);
    }

    private static FaultyFileSystem machine() throws IOException {
        FaultyFileSystem machine = new FaultyFileSystem();
        machine.createDirectory(DIRECTORY, FileMode.OWNER);
        for (String name : range(FIRST_SEGMENT)) {
            put(machine, name);
        }
        open(machine).close();
        return machine;
    }

    private static void put(FaultyFileSystem machine, String name) throws IOException {
        put(machine, name, new byte[] {1});
    }

    private static void put(FaultyFileSystem machine, String name, byte[] content) throws IOException {
        try (WalFile file = machine.create(DIRECTORY.resolve(name), FileMode.OWNER)) {
            file.write(ByteBuffer.wrap(content), 0);
            file.force();
        }
    }

    private static List<String> range(int first) {
        return IntStream.rangeClosed(first, LAST_SEGMENT)
                .mapToObj(number -> name(1, number))
                .toList();
    }

    private static String name(int timeline, long number) {
        return new SegmentName(new TimelineId(timeline), number).fileName(SIZE);
    }

    private static List<String> names(FaultyFileSystem machine) throws IOException {
        return machine.names(DIRECTORY).stream()
                .filter(name -> !name.equals(".walcast") && !name.equals("archive_status"))
                .toList();
    }
}
