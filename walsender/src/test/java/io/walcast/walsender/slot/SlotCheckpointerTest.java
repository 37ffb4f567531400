// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static io.walcast.walsender.slot.SlotFixture.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedSegment;
import io.walcast.core.storage.ServedWal;
import io.walcast.ipc.Agent;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import io.walcast.testkit.storage.Fault;
import io.walcast.testkit.storage.FileCall.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SlotCheckpointerTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final SlotFixture fixture = new SlotFixture();
    private final FakeWal wal = new FakeWal();
    private final FakeOwner owner = new FakeOwner(1);
    private final List<Long> removed = new ArrayList<>();
    private final ReplicationSlots slots = fixture.open();
    private final SlotCheckpointer checkpointer = new SlotCheckpointer(
            slots, wal, () -> Lsn.INVALID, (timeline, segment, size) -> removed.add(segment), fixture.clock);

    @AfterEach
    void close() {
        slots.close();
    }

    @Test
    void comesEveryFewSecondsAndSoonerWhenASlotMovedASegment() {
        slots.create("s", false, () -> at(5), owner);
        AcquiredSlot slot = slots.acquire("s", owner);
        assertThat(checkpointer.run()).isEqualTo(5 * SECOND_NS);
        assertThat(removed).isEmpty();

        wal.end = new ServedPosition(TimelineId.FIRST, at(20));
        slot.confirm(at(5).plus(9), at(20), at(20));
        fixture.clock.advance(Duration.ofSeconds(2));
        assertThat(checkpointer.run()).isEqualTo(3 * SECOND_NS);
        assertThat(slots.unsavedBytes()).isEqualTo(9);

        slot.confirm(at(7), at(20), at(20));
        assertThat(checkpointer.run()).isEqualTo(5 * SECOND_NS);
        assertThat(slots.unsavedBytes()).isZero();
        assertThat(removed).containsExactly(7L);

        slot.confirm(at(9), at(20), at(20));
        assertThat(checkpointer.run()).isEqualTo(SECOND_NS);
        assertThat(slots.unsavedBytes()).isPositive();

        fixture.clock.advance(Duration.ofSeconds(1));
        checkpointer.run();
        assertThat(removed).containsExactly(7L, 9L);
    }

    @Test
    void removesAtTheNextCheckpointOnceRemovalIsSwitchedOn() {
        AtomicBoolean on = new AtomicBoolean();
        WalRemoval removal = new WalRemoval() {
            @Override
            public void removeBefore(TimelineId timeline, long segmentNumber, SegmentSize size) {
                removed.add(segmentNumber);
            }

            @Override
            public boolean isOn() {
                return on.get();
            }
        };
        SlotCheckpointer switched = new SlotCheckpointer(slots, wal, () -> Lsn.INVALID, removal, fixture.clock);
        slots.setLimits(new WalKeepLimits(0, 3L * SlotFixture.SIZE.bytes(), 1 << 30));
        slots.create("s", false, () -> at(5), owner);
        wal.end = new ServedPosition(TimelineId.FIRST, at(20));
        switched.run();
        assertThat(removed).isEmpty();
        assertThat(slots.find("s").orElseThrow().isInvalidated()).isFalse();

        slots.setLimits(WalKeepLimits.DEFAULT);
        on.set(true);
        fixture.clock.advance(Duration.ofSeconds(5));
        switched.run();
        assertThat(removed).containsExactly(5L);
    }

    @Test
    void savesBeforeThereIsAnyWal() {
        slots.create("s", false, null, owner);
        slots.acquire("s", owner).feedback(7, 0);

        checkpointer.run();

        fixture.machine.note("closing");
        slots.close();
        assertThat(fixture.machine.log().stream()
                        .dropWhile(call -> !call.detail().equals("closing"))
                        .anyMatch(call -> call.kind() == Kind.RENAME))
                .isFalse();
    }

    @Test
    @Timeout(20)
    void endsItsAgentWhenTheDiskFails() throws Exception {
        slots.create("s", false, null, owner);
        wal.end = new ServedPosition(TimelineId.FIRST, at(20));
        fixture.machine.failWhen(call -> call.kind() == Kind.FORCE, Fault.EIO);
        slots.acquire("s", owner).confirm(at(8), at(20), at(20));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try (Agent agent =
                SlotCheckpointer.start(Thread::new, slots, wal, () -> Lsn.INVALID, null, failure::complete)) {
            agent.wake();
            assertThat(failure.get()).hasMessageContaining("could not save replication slot \"s\"");
        }
    }

    @Test
    @Timeout(20)
    void wakesItsAgentWhenASlotMovesASegment() throws Exception {
        slots.create("s", false, () -> at(5), owner);
        wal.end = new ServedPosition(TimelineId.FIRST, at(20));
        CompletableFuture<Long> seventh = new CompletableFuture<>();
        WalRemoval removal = (timeline, segment, size) -> {
            if (segment == 7) {
                seventh.complete(segment);
            }
        };
        try (Agent agent = SlotCheckpointer.start(
                Thread::new,
                slots,
                wal,
                () -> Lsn.INVALID,
                removal,
                failure -> seventh.completeExceptionally(failure))) {
            slots.acquire("s", owner).confirm(at(7), at(20), at(20));
            assertThat(seventh.get()).isEqualTo(7);
            agent.stop();
        }
    }

    private static final class FakeWal implements ServedWal {
        /** Set by the test, read by the agent. */
        volatile @Nullable ServedPosition end;

        @Override
        public @Nullable ServedPosition position() {
            return end;
        }

        @Override
        public Registration wakeOnChange(Latch latch) {
            return () -> {};
        }

        @Override
        public SystemIdentifier systemIdentifier() {
            return new SystemIdentifier(1);
        }

        @Override
        public SegmentSize segmentSize() {
            return SlotFixture.SIZE;
        }

        @Override
        public int majorVersion() {
            return 18;
        }

        @Override
        public Optional<byte[]> history(TimelineId timeline) {
            return Optional.empty();
        }

        @Override
        public ServedSegment open(TimelineId timeline, long segmentNumber) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Long> oldestSegment() {
            return Optional.empty();
        }
    }
}
