// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static io.walcast.walreceiver.SessionFixture.SIZE;
import static io.walcast.walreceiver.SessionFixture.START;
import static io.walcast.walreceiver.SessionFixture.WAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.error.StorageException;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.testkit.storage.CrashOutcome;
import io.walcast.testkit.storage.Fault;
import io.walcast.testkit.storage.FaultyFileSystem;
import io.walcast.testkit.storage.FileCall;
import io.walcast.testkit.transport.PrimaryStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The session on a disk that is slow, full or broken; the witness is the other end of the connection. */
@Timeout(30)
class StorageFaultsTest {
    private static final Path DIRECTORY = Path.of("/wal");

    private static final String FIRST_SEGMENT = "000000010000000000000010";

    private final FaultyFileSystem disk = new FaultyFileSystem();
    private final SessionFixture fixture = new SessionFixture(disk, DIRECTORY);

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Returns a condition for the sync of WAL in the first segment; the one of its zeros comes before. */
    private static Predicate<FileCall> syncOfWal() {
        AtomicInteger syncs = new AtomicInteger();
        return call -> call.kind() == FileCall.Kind.FORCE
                && String.valueOf(call.path().getFileName()).startsWith(FIRST_SEGMENT)
                && syncs.incrementAndGet() > 1;
    }

    private Lsn acknowledged() {
        StatusUpdate last = fixture.primary.journal().lastStatus();
        return last == null ? Lsn.INVALID : last.flush();
    }

    @Test
    void acknowledgesNothingWhileTheSyncHasNotReturned() throws Exception {
        CountDownLatch syncing = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Predicate<FileCall> syncOfWal = syncOfWal();
        disk.beforeEachCall(call -> {
            if (syncOfWal.test(call)) {
                syncing.countDown();
                awaitQuietly(gate);
            }
        });
        fixture.configure(config -> config.withStatusInterval(Duration.ofMillis(20)));
        fixture.streams(5_000).keepalive(START.plus(5_000), true);
        WalReceiverSession session = fixture.session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(session::run);
        syncing.await();

        await().until(() -> fixture.primary.journal().lastStatus() != null
                && fixture.primary.journal().lastStatus().write().equals(START.plus(5_000)));
        assertThat(acknowledged()).isEqualTo(START);

        gate.countDown();
        await().until(() -> acknowledged().equals(START.plus(5_000)));
        session.stop();
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(ReceiveEnd.STOP_REQUESTED);
    }

    private static void awaitQuietly(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"EIO", "ENOSPC"})
    void endsForGoodAtTheFirstFailedSync(Fault fault) {
        disk.failWhen(syncOfWal(), fault);
        fixture.streams(5_000);

        assertThatThrownBy(fixture::run).isInstanceOf(StorageException.class);
        assertThat(acknowledged()).isIn(START, Lsn.INVALID);

        disk.heal();
        fixture.streams(5_000);
        assertThatThrownBy(fixture::run).isInstanceOf(StorageException.class);
        assertThat(acknowledged()).isIn(START, Lsn.INVALID);
    }

    @Test
    void pausesOnAFullDiskAndGoesOnAtTheSamePosition() throws Exception {
        int bytes = 3 * SIZE.bytes();
        disk.setCapacity(2L * SIZE.bytes() + 300_000);
        fixture.configure(config -> config.withStatusInterval(Duration.ofMillis(20)));
        fixture.streams(bytes);
        WalReceiverSession session = fixture.session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(session::run);

        assertThat(fixture.diskFull.poll(10, TimeUnit.SECONDS)).isTrue();
        StatusUpdate paused = fixture.primary.journal().lastStatus();
        await().until(() -> !Objects.equals(fixture.primary.journal().lastStatus(), paused));
        assertThat(acknowledged()).isLessThanOrEqualTo(START.plus(2L * SIZE.bytes()));

        disk.setCapacity(Long.MAX_VALUE);
        assertThat(fixture.diskFull.poll(10, TimeUnit.SECONDS)).isFalse();
        assertThat(fixture.shared.awaitFlush(START.plus(bytes), Duration.ofSeconds(10)))
                .isTrue();
        session.stop();
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(ReceiveEnd.STOP_REQUESTED);
        Lsn third = START.plus(2L * SIZE.bytes());
        assertThat(disk.content(DIRECTORY.resolve("000000010000000000000012")))
                .isEqualTo(WAL.bytes(third, SIZE.bytes()));
    }

    @Test
    void waitsQuietlyWhileTheDiskIsFullLongerThanTheServerMayBeSilent() throws Exception {
        disk.setCapacity(SIZE.bytes() + 300_000L);
        fixture.configure(config -> config.withReceiveTimeout(Duration.ofMillis(100)));
        fixture.streams(2 * SIZE.bytes());
        WalReceiverSession session = fixture.session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(session::run);
        assertThat(fixture.diskFull.poll(10, TimeUnit.SECONDS)).isTrue();
        long calls = disk.calls();

        await().during(Duration.ofMillis(500)).until(() -> !end.isDone());

        assertThat(disk.calls() - calls).isLessThan(200);
        session.stop();
        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(ReceiveEnd.STOP_REQUESTED);
    }

    @Test
    void stopsWhileTheDiskIsFullWithoutLosingWhatIsThere() throws Exception {
        disk.setCapacity(SIZE.bytes() + 300_000L);
        fixture.streams(2 * SIZE.bytes());
        WalReceiverSession session = fixture.session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(session::run);
        assertThat(fixture.diskFull.poll(10, TimeUnit.SECONDS)).isTrue();

        session.stop();

        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(ReceiveEnd.STOP_REQUESTED);
        assertThat(fixture.shared.flushedUpto()).isEqualTo(START.plus(SIZE.bytes()));
    }

    @Test
    void acknowledgesNoMoreThanSurvivesAPowerCutAtAnyCall() {
        long calls = rehearse();
        for (long cut = 1; cut <= calls; cut++) {
            FaultyFileSystem machine = new FaultyFileSystem();
            machine.crashBefore(cut);
            Lsn acked = runUntilTheEnd(machine);
            requireStored(machine.crash(CrashOutcome.random(cut)), acked, cut);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"EIO", "EACCES", "THROWN_ERROR"})
    void acknowledgesNoMoreThanSurvivesAfterAFailureOfAnyCall(Fault fault) {
        long calls = rehearse();
        for (long number = 1; number <= calls; number++) {
            FaultyFileSystem machine = new FaultyFileSystem();
            machine.failCall(number, fault);
            Lsn acked = runUntilTheEnd(machine);
            requireStored(machine.crash(CrashOutcome.random(number)), acked, number);
        }
    }

    private static long rehearse() {
        FaultyFileSystem machine = new FaultyFileSystem();
        runUntilTheEnd(machine);
        return machine.calls();
    }

    /** Runs one session over a segment end and returns what the server saw acknowledged. */
    private static Lsn runUntilTheEnd(FaultyFileSystem machine) {
        int bytes = SIZE.bytes() + 20_000;
        Lsn acked = Lsn.INVALID;
        try (SessionFixture run = new SessionFixture(machine, DIRECTORY)) {
            run.primary.stream(new PrimaryStream()
                    .wal(START, WAL.bytes(START, bytes), 300_000)
                    .keepalive(START.plus(bytes), true)
                    .shutdown());
            try {
                run.run();
            } finally {
                StatusUpdate last = run.primary.journal().lastStatus();
                acked = last == null ? Lsn.INVALID : last.flush();
            }
        } catch (WalException | Error e) {
            // The cut or the failure, wherever it was met.
        }
        return acked;
    }

    private static void requireStored(FaultyFileSystem rebooted, Lsn acked, long call) {
        for (Lsn at = START; at.isBefore(acked); at = at.plus(SIZE.bytes())) {
            int bytes = (int) Math.min(SIZE.bytes(), acked.minus(at));
            String name = "0000000100000000000000%02X".formatted(SIZE.segmentNumber(at));
            String found = rebooted.names(DIRECTORY).contains(name) ? name : name + ".partial";
            try {
                assertThat(Arrays.copyOf(rebooted.content(DIRECTORY.resolve(found)), bytes))
                        .as("call %d, %s acknowledged, %s", call, acked, found)
                        .isEqualTo(WAL.bytes(at, bytes));
            } catch (IOException e) {
                throw new AssertionError("call " + call + ": " + acked + " acknowledged", e);
            }
        }
    }
}
