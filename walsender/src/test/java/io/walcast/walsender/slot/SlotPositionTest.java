// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A slot moves forward only, never past what was sent, and only for the session that has it. */
class SlotPositionTest {
    /** What a report, what was sent, and what we have ourselves may be, around a slot at 0/3000100: 75 cases. */
    private static final List<String> REPORTED = List.of("0/0", "0/1", "0/3000000", "0/3000100", "0/5000000");

    private static final List<String> SENT = List.of("0/0", "0/3000000", "0/3000100", "0/4000000", "0/6000000");
    private static final List<String> OURS = List.of("0/3000100", "0/4800000", "FFFFFFFF/FFFFFFFF");

    private final FakeOwner owner = new FakeOwner(1);
    private final ReplicationSlots slots = new SlotFixture().open();

    @BeforeEach
    void createSlot() {
        slots.create("s", false, () -> Lsn.parse("0/3000100"), owner);
    }

    @AfterEach
    void close() {
        slots.close();
    }

    @Test
    void holdsInEveryCaseOfTheFamily() {
        for (String reported : REPORTED) {
            for (String sent : SENT) {
                for (String ours : OURS) {
                    slots.drop("s", owner);
                    createSlot();
                    AcquiredSlot slot = slots.acquire("s", owner);
                    Lsn before = slot.restartLsn();
                    Lsn flush = Lsn.parse(reported);

                    Confirmation confirmation = slot.confirm(flush, Lsn.parse(sent), Lsn.parse(ours));

                    boolean moves =
                            flush.isAfter(before) && Lsn.parse(sent).isAfter(before) && !flush.isAfter(Lsn.parse(ours));
                    assertThat(slot.restartLsn())
                            .as("%s of %s sent, %s ours", reported, sent, ours)
                            .isEqualTo(moves ? Lsn.min(flush, Lsn.parse(sent)) : before);
                    assertThat(confirmation == Confirmation.MOVED).isEqualTo(moves);
                    slot.release();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // flush, sent, ours, outcome, restart_lsn after it
        "0/0, 0/5000000, 0/6000000, NOT_REPORTED, 0/3000100",
        "FFFFFFFF/FFFFFFF0, 0/5000000, 0/6000000, BEYOND_OUR_FLUSH, 0/3000100",
        "0/6000001, 0/5000000, 0/6000000, BEYOND_OUR_FLUSH, 0/3000100",
        "0/6000000, 0/5000000, 0/6000000, MOVED, 0/5000000",
        "0/5000000, 0/5000000, 0/6000000, MOVED, 0/5000000",
        "0/4000000, 0/5000000, 0/6000000, MOVED, 0/4000000",
        "0/4000000, 0/0, 0/6000000, UNCHANGED, 0/3000100",
        "0/3000100, 0/5000000, 0/6000000, UNCHANGED, 0/3000100",
        "0/3000000, 0/5000000, 0/6000000, BEHIND, 0/3000100",
        "0/1, 0/5000000, 0/6000000, BEHIND, 0/3000100"
    })
    void tellsWhatBecameOfAReport(String flush, String sent, String ours, Confirmation outcome, String restartLsn) {
        AcquiredSlot slot = slots.acquire("s", owner);

        assertThat(slot.confirm(Lsn.parse(flush), Lsn.parse(sent), Lsn.parse(ours)))
                .isEqualTo(outcome);
        assertThat(slot.restartLsn()).isEqualTo(Lsn.parse(restartLsn));
    }

    @Test
    void startsAtTheFirstReportWhenNothingWasReserved() {
        slots.create("fresh", false, null, owner);
        AcquiredSlot slot = slots.acquire("fresh", owner);

        assertThat(slot.confirm(Lsn.INVALID, new Lsn(900), new Lsn(1000))).isEqualTo(Confirmation.NOT_REPORTED);
        assertThat(slot.restartLsn()).isEqualTo(Lsn.INVALID);
        assertThat(slot.confirm(new Lsn(500), new Lsn(900), new Lsn(1000))).isEqualTo(Confirmation.MOVED);
        assertThat(slot.restartLsn()).isEqualTo(new Lsn(500));
    }

    @Test
    void neverMovesBackOrBeyondWhatWasSentWhateverIsReported() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            AcquiredSlot slot = slots.acquire("s", owner);
            Lsn sent = Lsn.INVALID;
            Lsn allowed = slot.restartLsn();
            for (int report = 0; report < 20; report++) {
                sent = Lsn.max(sent, new Lsn(0x3000000 + random.nextInt(1 << 24)));
                Lsn ours = sent.plus(random.nextInt(1 << 16));
                Lsn flush = random.nextInt(4) == 0 ? new Lsn(random.nextLong()) : new Lsn(random.nextInt(1 << 27));
                Lsn before = slot.restartLsn();

                slot.confirm(flush, sent, ours);

                allowed = Lsn.max(allowed, sent);
                assertThat(slot.restartLsn().isBefore(before)).isFalse();
                assertThat(slot.restartLsn().isAfter(allowed)).isFalse();
            }
            slot.release();
        }
    }

    @Test
    void ignoresWhoHasLostTheSlot() {
        FakeOwner second = new FakeOwner(2);
        AcquiredSlot old = slots.acquire("s", owner);
        old.feedback(100, 0);

        AcquiredSlot taken = slots.takeOver("s", second, owner);

        assertThat(owner.terminations()).isEqualTo(1);
        assertThat(old.isHeld()).isFalse();
        assertThat(old.confirm(Lsn.parse("0/5000000"), Lsn.parse("0/5000000"), Lsn.parse("0/6000000")))
                .isEqualTo(Confirmation.FENCED);
        old.feedback(200, 0);
        old.release();
        assertThat(taken.isHeld()).isTrue();
        assertThat(taken.restartLsn()).isEqualTo(Lsn.parse("0/3000100"));
        assertThat(slots.find("s").orElseThrow().xmin()).isEqualTo(100);
        slots.cleanUp(owner);
        assertThat(taken.isHeld()).isTrue();
        assertThat(slots.rows(null).get(0).activePid()).isEqualTo(2);
    }

    @Test
    void isTakenFromTheOneThatWasFoundHalfDeadOnly() {
        FakeOwner second = new FakeOwner(2);
        FakeOwner third = new FakeOwner(3);
        slots.acquire("s", owner).release();
        AcquiredSlot alive = slots.acquire("s", second);

        assertThatThrownBy(() -> slots.takeOver("s", third, owner)).hasMessageContaining("is active for PID 2");
        assertThat(alive.isHeld()).isTrue();
        assertThat(second.terminations()).isZero();

        assertThat(slots.takeOver("s", third, second).isHeld()).isTrue();
        assertThat(second.terminations()).isEqualTo(1);
    }

    /** After the fence not one report of the old session counts, whenever it comes. */
    @Test
    @Timeout(60)
    void takesTheSlotFromASessionThatKeepsReporting() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(1);
        try {
            for (int round = 0; round < 1_000; round++) {
                AcquiredSlot old = slots.acquire("s", new FakeOwner(round));
                AtomicBoolean stop = new AtomicBoolean();
                CountDownLatch reporting = new CountDownLatch(1);
                Future<?> reports = threads.submit(() -> {
                    while (!stop.get()) {
                        Lsn next = old.restartLsn().plus(1);
                        old.confirm(next, next, next);
                        reporting.countDown();
                    }
                });
                reporting.await();

                AcquiredSlot taken = slots.takeOver("s", owner, old.owner());
                Lsn fenced = taken.restartLsn();
                assertThat(old.confirm(fenced.plus(9), fenced.plus(9), fenced.plus(9)))
                        .isEqualTo(Confirmation.FENCED);
                assertThat(taken.restartLsn()).isEqualTo(fenced);
                stop.set(true);
                reports.get();
                assertThat(taken.restartLsn()).isEqualTo(fenced);
                taken.release();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void movesTransactionNumbersForwardOnly() {
        AcquiredSlot slot = slots.acquire("s", owner);

        slot.feedback(100, 50);
        slot.feedback(99, 49);
        assertThat(xmins()).containsExactly(100, 50);
        slot.feedback(101, 50);
        assertThat(xmins()).containsExactly(101, 50);
        slot.feedback(0, 0);
        assertThat(xmins()).containsExactly(0, 0);
        slot.feedback(0xFFFF_FFF0, 7);
        assertThat(xmins()).containsExactly(0xFFFF_FFF0, 7);
        slot.feedback(5, 7);
        assertThat(xmins()).containsExactly(5, 7);
    }

    private List<Integer> xmins() {
        SlotState state = slots.find("s").orElseThrow();
        return List.of(state.xmin(), state.catalogXmin());
    }

    @Test
    void tellsHowFarASlotIsAheadOfWhatWasSaved() {
        long[] told = {0};
        slots.onMove(unsavedBytes -> told[0] = unsavedBytes);
        AcquiredSlot slot = slots.acquire("s", owner);

        slot.confirm(Lsn.parse("0/3000200"), Lsn.parse("0/5000000"), Lsn.parse("0/6000000"));

        assertThat(told[0]).isEqualTo(0x100);
        assertThat(slots.unsavedBytes()).isEqualTo(0x100);
        slots.save();
        assertThat(slots.unsavedBytes()).isZero();
    }
}
