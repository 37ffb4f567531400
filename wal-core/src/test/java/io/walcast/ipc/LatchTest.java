// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LatchTest {
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(10);

    private final Latch latch = new Latch();

    @Test
    void doesNotWaitWhenItIsSet() {
        latch.set();

        assertThat(latch.await(LONG_NS)).isTrue();
        assertThat(latch.isSet()).isTrue();
    }

    @Test
    void saysWhenNobodySetIt() {
        assertThat(latch.await(1)).isFalse();
        assertThat(latch.await(0)).isFalse();
        assertThat(latch.await(-1)).isFalse();
    }

    @Test
    void wakesItsOwner() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Boolean> woken = CompletableFuture.supplyAsync(() -> {
            waiting.countDown();
            return latch.await(LONG_NS);
        });
        waiting.await();

        latch.set();

        assertThat(woken.get(LONG_NS, TimeUnit.NANOSECONDS)).isTrue();
    }

    @Test
    void missesNothingThatIsSetAfterTheReset() {
        latch.set();
        latch.reset();
        assertThat(latch.isSet()).isFalse();

        latch.set();

        assertThat(latch.await(LONG_NS)).isTrue();
    }

    @Test
    void keepsAnInterruptAndIsNotEndedByIt() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Boolean> interruptedAtTheEnd = new CompletableFuture<>();
        Thread owner = new Thread(() -> {
            waiting.countDown();
            boolean set = latch.await(LONG_NS);
            interruptedAtTheEnd.complete(set && Thread.currentThread().isInterrupted());
        });
        owner.start();
        waiting.await();

        owner.interrupt();
        assertThat(interruptedAtTheEnd).isNotDone();
        latch.set();

        assertThat(interruptedAtTheEnd.get(LONG_NS, TimeUnit.NANOSECONDS)).isTrue();
        owner.join();
    }

    @Test
    void passesManyTurnsBetweenTwoThreadsWithoutLosingOne() throws Exception {
        Latch back = new Latch();
        int turns = 20_000;
        Thread other = new Thread(() -> {
            for (int i = 0; i < turns; i++) {
                latch.await(LONG_NS);
                latch.reset();
                back.set();
            }
        });
        other.start();

        for (int i = 0; i < turns; i++) {
            latch.set();
            assertThat(back.await(LONG_NS)).isTrue();
            back.reset();
        }

        other.join();
    }
}
