// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static io.walcast.walsender.slot.SlotFixture.at;
import static io.walcast.walsender.slot.SlotFixture.wal;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.ipc.ReplicationSlotRow;
import io.walcast.ipc.ReplicationSlotRow.WalStatus;
import io.walcast.testkit.storage.CrashOutcome;
import io.walcast.testkit.storage.Fault;
import io.walcast.testkit.storage.FileCall.Kind;
import io.walcast.testkit.storage.SimulatedCrash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotCheckpointTest {
    private static final long MB = 1 << 20;
    private static final Lsn NOBODY = Lsn.INVALID;

    private final SlotFixture fixture = new SlotFixture();
    private final FakeOwner owner = new FakeOwner(77);
    private final List<Long> removed = new ArrayList<>();

    private void remove(TimelineId timeline, long segmentNumber, SegmentSize size) {
        assertThat(size).isEqualTo(SlotFixture.SIZE);
        assertThat(timeline).isEqualTo(TimelineId.FIRST);
        removed.add(segmentNumber);
    }

    @Test
    void removesUpToWhatTheSlotsNeed() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("behind", false, () -> at(5), owner);
            slots.create("ahead", false, () -> at(9), owner);
            slots.create("unused", false, null, owner);

            slots.checkpoint(wal(20), NOBODY, this::remove);
            slots.checkpoint(wal(21), NOBODY, this::remove);
            slots.drop("behind", owner);
            slots.checkpoint(wal(22), NOBODY, this::remove);
            slots.drop("ahead", owner);
            slots.checkpoint(wal(23), at(7), this::remove);
            slots.setLimits(new WalKeepLimits(3 * MB, -1, 0));
            slots.checkpoint(wal(23), NOBODY, this::remove);
            slots.checkpoint(wal(24), NOBODY, null);

            assertThat(removed).containsExactly(5L, 9L, 7L, 20L);
        }
    }

    @Test
    void trustsThePositionThatWasSavedNotTheOneInMemory() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, () -> at(5), owner);
            slots.create("temporary", true, () -> at(6), owner);
            AcquiredSlot slot = slots.acquire("s", owner);
            AcquiredSlot temporary = slots.acquire("temporary", owner);
            slot.confirm(at(15), at(19), at(20));
            temporary.confirm(at(12), at(19), at(20));
            assertThat(slots.minimum()).isEqualTo(at(5));

            fixture.machine.failWhen(call -> call.kind() == Kind.CREATE, Fault.ENOSPC);
            slots.checkpoint(wal(20), NOBODY, this::remove);
            assertThat(slots.minimum()).isEqualTo(at(5));
            assertThat(removed).isEmpty();
            assertThat(fixture.log).isNotEmpty().allSatisfy(fields -> {
                assertThat(fields.severity()).isEqualTo("WARNING");
                assertThat(fields.sqlState()).isEqualTo(SqlState.DISK_FULL);
            });

            fixture.machine.heal();
            slots.checkpoint(wal(20), NOBODY, this::remove);
            assertThat(removed).containsExactly(12L);
        }
    }

    @Test
    void countsWhatWasSavedThoughTheSlotMovesMeanwhile() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, () -> at(5), owner);
            AcquiredSlot slot = slots.acquire("s", owner);
            slot.confirm(at(8), at(19), at(20));
            fixture.machine.beforeEachCall(call -> {
                if (call.kind() == Kind.SYNC_DIRECTORY) {
                    slot.confirm(at(15), at(19), at(20));
                }
            });

            slots.checkpoint(wal(20), NOBODY, this::remove);
            assertThat(removed).containsExactly(8L);
            slots.checkpoint(wal(20), NOBODY, this::remove);
            assertThat(removed).containsExactly(8L, 15L);
        }
    }

    /** The machine stops anywhere in a checkpoint: what was removed is not needed by what is found. */
    @Test
    void neverRemovesWhatACrashWouldNeedAgain() {
        for (long number = 1; number < 200; number++) {
            removed.clear();
            SlotFixture before = new SlotFixture();
            ReplicationSlots slots = before.open();
            slots.create("a", false, () -> at(5), owner);
            slots.create("b", false, () -> at(7), owner);
            long first = before.machine.calls();
            before.machine.crashBefore(first + number);
            try {
                AcquiredSlot a = slots.acquire("a", owner);
                AcquiredSlot b = slots.acquire("b", owner);
                for (int segment = 8; segment < 12; segment++) {
                    b.confirm(at(segment), at(19), at(20));
                    a.confirm(at(segment + 1), at(19), at(20));
                    slots.checkpoint(wal(20), NOBODY, this::remove);
                }
                return; // never reached the crash: all were tried
            } catch (SimulatedCrash expected) {
                for (int seed = 0; seed < 8; seed++) {
                    CrashOutcome outcome = seed == 0 ? CrashOutcome.nothing() : CrashOutcome.random(seed);
                    try (ReplicationSlots found = new SlotFixture(before.machine.crash(outcome)).open()) {
                        long oldest = removed.isEmpty() ? 0 : removed.get(removed.size() - 1);
                        assertThat(SlotFixture.SIZE.segmentNumber(found.minimum()))
                                .as("crash before call %d, seed %d", number, seed)
                                .isGreaterThanOrEqualTo(oldest);
                        assertThat(found.rows(null)).hasSize(2);
                    }
                }
            }
        }
        throw new AssertionError("the sweep has not come to an end");
    }

    @Test
    void invalidatesWhoIsTooFarBehindForGood() {
        try (ReplicationSlots slots = fixture.open(new WalKeepLimits(0, 3 * MB, 64 * MB))) {
            slots.create("behind", false, () -> at(5), owner);
            slots.create("near", false, () -> at(18), owner);
            slots.create("unused", false, null, owner);
            AcquiredSlot used = slots.acquire("behind", owner);
            assertThat(row(slots, "behind", wal(8)).walStatus()).isEqualTo(WalStatus.RESERVED);
            assertThat(row(slots, "behind", wal(9)).walStatus()).isEqualTo(WalStatus.UNRESERVED);

            slots.checkpoint(wal(20), NOBODY, this::remove);

            assertThat(removed).containsExactly(18L);
            assertThat(owner.terminations()).isEqualTo(1);
            assertThat(used.isHeld()).isFalse();
            assertThat(used.confirm(at(19), at(20), at(20))).isEqualTo(Confirmation.FENCED);
            assertThat(fixture.messages())
                    .containsExactly(
                            "terminating process 77 to release replication slot \"behind\"",
                            "invalidating obsolete replication slot \"behind\"");
            assertThat(fixture.log.get(1).detail())
                    .isEqualTo("The slot's restart_lsn 0/500040 exceeds the limit by 12582848 bytes.");
            assertThat(fixture.log.get(1).hint()).isEqualTo("You might need to increase \"max_slot_wal_keep_size\".");
            assertThat(fixture.log.get(1).severity()).isEqualTo("LOG");
        }
        try (ReplicationSlots slots = new SlotFixture(fixture.machine.crash(CrashOutcome.nothing())).open()) {
            ReplicationSlotRow row = row(slots, "behind", wal(6));
            assertThat(row.walStatus()).isEqualTo(WalStatus.LOST);
            assertThat(row.invalidationReason()).isEqualTo("wal_removed");
            assertThat(row.restartLsn()).isNull();
            assertThat(row.safeWalSize()).isNull();
            slots.setLimits(WalKeepLimits.DEFAULT);
            slots.checkpoint(wal(21), NOBODY, this::remove);
            assertThat(row(slots, "behind", wal(21)).walStatus()).isEqualTo(WalStatus.LOST);
            assertThatThrownBy(() -> slots.acquire("behind", owner))
                    .hasMessage("can no longer access replication slot \"behind\"");
            assertThat(row(slots, "near", wal(21)).walStatus()).isEqualTo(WalStatus.RESERVED);
            assertThat(row(slots, "unused", wal(21)).walStatus()).isNull();
        }
    }

    /** Telling of the first slot that is given up lets the second one catch up meanwhile. */
    @Test
    void aSlotThatMovesOnWhileOthersAreInvalidatedStaysValid() {
        AtomicReference<@Nullable AcquiredSlot> late = new AtomicReference<>();
        SlotOwner first = new SlotOwner() {
            @Override
            public int pid() {
                return 1;
            }

            @Override
            public void terminate() {
                requireNonNull(late.get()).confirm(at(19), at(20), at(20));
            }
        };
        try (ReplicationSlots slots = fixture.open(new WalKeepLimits(0, 3 * MB, 64 * MB))) {
            slots.create("a", false, () -> at(5), owner);
            slots.create("b", false, () -> at(5), owner);
            slots.acquire("a", first);
            late.set(slots.acquire("b", owner));

            slots.checkpoint(wal(20), NOBODY, this::remove);

            assertThat(slots.find("a").orElseThrow().isInvalidated()).isTrue();
            assertThat(slots.find("b").orElseThrow().isInvalidated()).isFalse();
            assertThat(slots.find("b").orElseThrow().restartLsn()).isEqualTo(at(19));
            assertThat(owner.terminations()).isZero();
        }
    }

    @Test
    void whoWaitsForASlotHearsOfItsInvalidation() {
        try (ReplicationSlots slots = fixture.open(new WalKeepLimits(0, 3 * MB, 64 * MB))) {
            slots.create("s", false, () -> at(5), owner);
            slots.acquire("s", owner);
            AtomicInteger free = new AtomicInteger();
            slots.whenFree("s", free::incrementAndGet);

            slots.checkpoint(wal(20), NOBODY, this::remove);

            assertThat(free).hasValue(1);
            assertThat(row(slots, "s", wal(20)).inactiveSince()).isEqualTo(fixture.clock.now());
        }
    }

    @Test
    void invalidatesNothingWhereNothingIsRemoved() {
        try (ReplicationSlots slots = fixture.open(new WalKeepLimits(0, 3 * MB, 64 * MB))) {
            slots.create("behind", false, () -> at(5), owner);
            AcquiredSlot used = slots.acquire("behind", owner);

            slots.checkpoint(wal(20), NOBODY, null);

            assertThat(used.isHeld()).isTrue();
            assertThat(slots.find("behind").orElseThrow().isInvalidated()).isFalse();
            assertThat(fixture.messages()).isEmpty();
        }
    }

    @Test
    void showsASlotInUseAsUnreservedThoughItsWalIsGone() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, () -> at(5), owner);
            slots.setLimits(new WalKeepLimits(0, 3 * MB, 64 * MB));
            WalExtent wal = new WalExtent(wal(20).end(), SlotFixture.SIZE, 9);
            assertThat(row(slots, "s", wal).walStatus()).isEqualTo(WalStatus.LOST);
            assertThat(row(slots, "s", wal).safeWalSize()).isNull();

            AcquiredSlot slot = slots.acquire("s", owner);
            assertThat(row(slots, "s", wal).walStatus()).isEqualTo(WalStatus.UNRESERVED);
            assertThat(row(slots, "s", wal).safeWalSize()).isEqualTo(-11 * MB - 0x123);
            slot.release();
            assertThat(row(slots, "s", wal).walStatus()).isEqualTo(WalStatus.LOST);
        }
    }

    @Test
    void savesWhatMovedAndNothingElse() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, () -> at(5), owner);
            slots.create("t", false, () -> at(5), owner);
            slots.save();
            AcquiredSlot slot = slots.acquire("s", owner);
            slot.confirm(at(6), at(8), at(9));
            slot.feedback(12, 13);
            fixture.machine.note("save");
            slots.save();
            slots.save();
        }
        assertThat(fixture.machine.log().stream()
                        .dropWhile(call -> !call.detail().equals("save"))
                        .filter(call -> call.kind() == Kind.RENAME)
                        .map(call -> call.path().toString()))
                .containsExactly("/home/pg_replslot/s/state");
        try (ReplicationSlots slots = new SlotFixture(fixture.machine.crash(CrashOutcome.nothing())).open()) {
            SlotState state = slots.find("s").orElseThrow();
            assertThat(state.restartLsn()).isEqualTo(at(6));
            assertThat(state.xmin()).isEqualTo(12);
            assertThat(state.catalogXmin()).isEqualTo(13);
        }
    }

    @Test
    void givesUpWalOnAFullDiskWithTheRoomItKept() {
        try (ReplicationSlots slots = fixture.open(new WalKeepLimits(0, 3 * MB, 64 * MB))) {
            slots.create("s", false, () -> at(5), owner);
            slots.acquire("s", owner).confirm(at(6), at(7), at(7));
            slots.save(); // makes the reserve
            assertThat(fixture.machine.names(SlotFixture.DIRECTORY)).contains(".reserve");
            fixture.machine.setCapacity(0);
            assertThatThrownBy(() -> slots.create("t", false, null, owner))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.DISK_FULL));
            fixture.machine.setCapacity(17_000);

            slots.checkpoint(wal(20), NOBODY, this::remove);

            assertThat(removed).containsExactly(20L);
            assertThat(row(slots, "s", wal(20)).invalidationReason()).isEqualTo("wal_removed");
            fixture.machine.setCapacity(Long.MAX_VALUE);
            slots.create("t", false, null, owner);
        }
        assertThat(fixture.directories()).containsExactly("s", "t");
    }

    @Test
    void dropsAtACheckpointWhatAFullDiskKept() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("temporary", true, () -> at(5), owner);
            fixture.machine.failWhen(call -> call.kind() == Kind.RENAME, Fault.ENOSPC);
            slots.cleanUp(owner);
            assertThat(fixture.directories()).containsExactly("temporary");

            fixture.machine.heal();
            slots.checkpoint(wal(20), NOBODY, this::remove);

            assertThat(fixture.directories()).isEmpty();
            assertThat(slots.rows(null)).isEmpty();
        }
    }

    private static ReplicationSlotRow row(ReplicationSlots slots, String name, WalExtent wal) {
        return slots.rows(wal).stream()
                .filter(row -> row.slotName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
