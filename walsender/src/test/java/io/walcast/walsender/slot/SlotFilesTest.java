// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.testkit.storage.CrashOutcome;
import io.walcast.testkit.storage.EveryOutcome;
import io.walcast.testkit.storage.Fault;
import io.walcast.testkit.storage.FaultyFileSystem;
import io.walcast.testkit.storage.FileCall;
import io.walcast.testkit.storage.FileCall.Kind;
import io.walcast.testkit.storage.SimulatedCrash;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What has been answered is on disk: after a crash anywhere, whatever survives of the rest. */
class SlotFilesTest {
    private static final int OUTCOMES = 1 << 10;
    private static final Lsn FIRST = new Lsn(0x5000028);
    private static final Lsn SECOND = new Lsn(0x6000028);

    private final FakeOwner owner = new FakeOwner(1);

    /** A slot's life; what has returned is noted. */
    private final class Life {
        boolean created;
        boolean saved;
        boolean dropping;
        boolean dropped;
        boolean temporaryCreated;

        void live(ReplicationSlots slots) {
            slots.create("s", false, () -> FIRST, owner);
            created = true;
            slots.create("temporary", true, () -> FIRST, owner);
            temporaryCreated = true;
            slots.acquire("s", owner).confirm(SECOND, SECOND, SECOND);
            slots.save();
            saved = true;
            slots.cleanUp(owner);
            dropping = true;
            slots.drop("s", owner);
            dropped = true;
        }

        void requireKept(FaultyFileSystem found, String when) {
            try (ReplicationSlots slots = new SlotFixture(found).open()) {
                Optional<SlotState> state = slots.find("s");
                if (created && !dropping) {
                    assertThat(state).as(when).isPresent();
                }
                if (dropped) {
                    assertThat(state).as(when).isEmpty();
                }
                state.ifPresent(slot ->
                        assertThat(slot.restartLsn()).as(when).isIn(saved ? List.of(SECOND) : List.of(FIRST, SECOND)));
                assertThat(slots.find("temporary")).as(when).isEmpty();
            }
        }
    }

    @Test
    void keepsWhatWasAnsweredWhereverACrashHappens() {
        long calls = callsOfAWholeLife();
        for (long number = 1; number <= calls + 1; number++) {
            FaultyFileSystem machine = new SlotFixture().machine;
            Life life = new Life();
            machine.crashBefore(machine.calls() + number);
            liveUntilCrash(life, machine);
            String when = "crash before call " + number;
            EveryOutcome.of(outcome -> life.requireKept(machine.crash(outcome), when), OUTCOMES);
            for (int seed = 0; seed < 20; seed++) {
                life.requireKept(machine.crash(CrashOutcome.random(seed)), when);
            }
        }
    }

    @Test
    void startsAgainThoughItCrashesInEveryStart() {
        long calls = callsOfAWholeLife();
        for (long number = 20; number <= calls; number += 3) {
            for (long inStart = 1; inStart < 40; inStart += 2) {
                FaultyFileSystem machine = new SlotFixture().machine;
                Life life = new Life();
                machine.crashBefore(machine.calls() + number);
                liveUntilCrash(life, machine);
                FaultyFileSystem second = machine.crash(CrashOutcome.random(number));
                second.crashBefore(inStart);
                try {
                    new SlotFixture(second).open().close();
                } catch (SimulatedCrash expected) {
                    assertThat(second.calls()).isEqualTo(inStart - 1);
                }
                life.requireKept(second.crash(CrashOutcome.random(inStart)), number + ", then " + inStart);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void endsWithAFailureUnlessTheDiskIsFull(Fault fault) {
        long calls = callsOfAWholeLife();
        for (long number = 1; number <= calls; number++) {
            FaultyFileSystem machine = new SlotFixture().machine;
            Life life = new Life();
            long failing = machine.calls() + number;
            machine.failCall(failing, fault);
            Throwable failure = live(life, machine);
            FileCall call = machine.log().stream()
                    .filter(made -> made.number() == failing && made.kind() != Kind.NOTE)
                    .findFirst()
                    .orElseThrow();
            String when = fault + " at " + call + " ended by " + failure;
            if (fault.isDiskFull() && isSync(call.kind())) {
                assertThat(failure)
                        .as(when)
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.sqlState()).isEqualTo(SqlState.IO_ERROR));
            } else if (!fault.isDiskFull()) {
                assertThat(failure).as(when).isNotNull();
            }
            machine.heal();
            life.requireKept(machine.kill(true), when);
            life.requireKept(machine.crash(CrashOutcome.random(number)), when);
        }
    }

    private static boolean isSync(Kind kind) {
        return kind == Kind.FORCE || kind == Kind.SYNC_DIRECTORY;
    }

    @Test
    void doesNothingMoreAfterAFailedSync() {
        SlotFixture fixture = new SlotFixture();
        ReplicationSlots slots = fixture.open();
        slots.create("s", false, () -> FIRST, owner);
        fixture.machine.failWhen(call -> call.kind() == Kind.FORCE, Fault.EIO);
        slots.acquire("s", owner).confirm(SECOND, SECOND, SECOND);
        assertThatThrownBy(slots::save).isInstanceOf(StorageException.class);
        fixture.machine.heal();
        long calls = fixture.machine.calls();

        assertThatThrownBy(slots::save).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> slots.create("t", false, null, owner)).isInstanceOf(StorageException.class);
        slots.cleanUp(owner);
        assertThatThrownBy(() -> slots.drop("s", owner)).isInstanceOf(StorageException.class);
        slots.close();

        assertThat(fixture.machine.calls()).isEqualTo(calls);
        assertThat(slots.minimum()).isEqualTo(FIRST);
    }

    @Test
    void keepsTheOldStateOnAFullDiskAndSavesTheNewOneLater() {
        SlotFixture fixture = new SlotFixture();
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, () -> FIRST, owner);
            slots.acquire("s", owner).confirm(SECOND, SECOND, SECOND);
            fixture.machine.setCapacity(0);
            slots.save();
            assertThat(fixture.messages()).hasSize(1).allMatch(text -> text.contains("could not save"));
            assertThat(slots.minimum()).isEqualTo(FIRST);
            assertThat(fixture.machine.names(SlotFixture.DIRECTORY.resolve("s")))
                    .containsExactly("state");

            fixture.machine.setCapacity(Long.MAX_VALUE);
            slots.save();
            assertThat(slots.minimum()).isEqualTo(SECOND);
        }
    }

    @Test
    void leavesNothingOfASlotThatAFullDiskRefused() {
        SlotFixture fixture = new SlotFixture();
        try (ReplicationSlots slots = fixture.open()) {
            fixture.machine.setCapacity(100);
            assertThatThrownBy(() -> slots.create("s", false, () -> FIRST, owner))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.DISK_FULL))
                    .hasMessageContaining("could not create replication slot \"s\"");
            assertThat(fixture.directories()).isEmpty();
            assertThat(slots.find("s")).isEmpty();
            fixture.machine.setCapacity(Long.MAX_VALUE);
            slots.create("s", false, () -> FIRST, owner);
        }
    }

    private static @Nullable Throwable live(Life life, FaultyFileSystem machine) {
        try (ReplicationSlots slots = new SlotFixture(machine).open()) {
            life.live(slots);
            return null;
        } catch (StorageException | Fault.RequestedError e) {
            return e;
        }
    }

    private static void liveUntilCrash(Life life, FaultyFileSystem machine) {
        try {
            assertThat(live(life, machine)).isNull();
        } catch (SimulatedCrash expected) {
            assertThat(life.dropped && !life.temporaryCreated).isFalse();
        }
    }

    private long callsOfAWholeLife() {
        FaultyFileSystem machine = new SlotFixture().machine;
        long before = machine.calls();
        assertThat(live(new Life(), machine)).isNull();
        return machine.calls() - before;
    }
}
