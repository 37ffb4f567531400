// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.testkit.storage.CrashOutcome;
import io.walcast.testkit.storage.Fault;
import io.walcast.testkit.storage.FileCall.Kind;
import io.walcast.testkit.storage.SimulatedCrash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random sessions, checkpoints, full disks and crashes: no WAL is removed that a valid slot needs, then or after a crash. */
class SlotScheduleTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

    /** More with {@code -Dwalcast.sweep=N}. */
    private static final int RUNS = 60 * Integer.getInteger("walcast.sweep", 1);

    private static final int STEPS = 150;

    private Random random = new Random(0);
    private SlotFixture fixture = new SlotFixture();
    private Map<String, AcquiredSlot> held = new HashMap<>();

    /** What was answered to a client of a persistent slot: it is there, from here on or later. */
    private final Map<String, Lsn> promised = new HashMap<>();

    private long end;
    private long removedBefore;

    @ParameterizedTest
    @ValueSource(ints = {-1, 6})
    void neverRemovesWhatAValidSlotNeeds(int maxSegments) {
        WalKeepLimits limits =
                new WalKeepLimits(0, maxSegments < 0 ? -1 : (long) maxSegments * SlotFixture.SIZE.bytes(), 1 << 30);
        for (int run = 0; run < RUNS; run++) {
            random = new Random(run);
            fixture = new SlotFixture();
            promised.clear();
            end = 10;
            removedBefore = 0;
            ReplicationSlots slots = fixture.open(limits);
            for (int step = 0; step < STEPS; step++) {
                try {
                    step(slots);
                } catch (ServerErrorException refused) {
                    assertThat(refused.sqlState().isClass("4")
                                    || refused.sqlState().isClass("5"))
                            .isTrue();
                } catch (StorageException full) {
                    assertThat(full.sqlState()).isEqualTo(SqlState.DISK_FULL);
                }
                if (random.nextInt(25) == 0) {
                    slots = crash(slots, limits);
                }
                requireKept(slots, "run " + run + ", step " + step);
            }
        }
    }

    private void step(ReplicationSlots slots) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        FakeOwner owner = new FakeOwner(random.nextInt(1, 5));
        AcquiredSlot slot = held.get(name);
        switch (random.nextInt(9)) {
            case 0 -> {
                slots.create(name, false, () -> SlotFixture.at(end), owner);
                promised.put(name, SlotFixture.at(end));
            }
            case 1 -> {
                slots.drop(name, owner);
                promised.remove(name);
            }
            case 2 ->
                held.put(
                        name,
                        slot != null && random.nextBoolean()
                                ? slots.takeOver(name, owner, slot.owner())
                                : slots.acquire(name, owner));
            case 3, 4 -> {
                if (slot != null) {
                    slot.confirm(report(), SlotFixture.at(end), SlotFixture.at(end));
                }
            }
            case 5 -> {
                if (slot != null) {
                    slot.release();
                }
            }
            case 6 -> end += random.nextInt(3);
            case 7 ->
                slots.checkpoint(SlotFixture.wal(end), Lsn.INVALID, (timeline, segment, size) -> {
                    assertThat(segment).isLessThanOrEqualTo(end);
                    removedBefore = Math.max(removedBefore, segment);
                });
            default -> {
                fixture.machine.heal();
                if (random.nextInt(3) == 0) {
                    fixture.machine.failWhen(call -> call.kind() == Kind.CREATE, Fault.ENOSPC);
                }
            }
        }
    }

    private Lsn report() {
        return random.nextInt(5) == 0 ? new Lsn(random.nextLong()) : SlotFixture.at(end - random.nextInt(4));
    }

    private ReplicationSlots crash(ReplicationSlots slots, WalKeepLimits limits) {
        fixture.machine.heal();
        long calls = fixture.machine.calls();
        fixture.machine.crashBefore(calls + random.nextInt(1, 12));
        try {
            for (int step = 0; step < 6; step++) {
                slots.checkpoint(
                        SlotFixture.wal(end),
                        Lsn.INVALID,
                        (timeline, segment, size) -> removedBefore = Math.max(removedBefore, segment));
                held.values().forEach(slot -> slot.confirm(report(), SlotFixture.at(end), SlotFixture.at(end)));
            }
        } catch (SimulatedCrash expected) {
            assertThat(fixture.machine.calls()).isGreaterThanOrEqualTo(calls);
        }
        fixture = new SlotFixture(fixture.machine.crash(CrashOutcome.random(random.nextLong())));
        held = new HashMap<>();
        return fixture.open(limits);
    }

    private void requireKept(ReplicationSlots slots, String when) {
        promised.forEach((name, from) -> {
            SlotState state = slots.find(name).orElseThrow(() -> new AssertionError(when + ": " + name + " is gone"));
            if (!state.isInvalidated()) {
                assertThat(state.restartLsn().isBefore(from)).as(when).isFalse();
                assertThat(SlotFixture.SIZE.segmentNumber(state.restartLsn()))
                        .as(when)
                        .isGreaterThanOrEqualTo(removedBefore);
            }
        });
    }
}
