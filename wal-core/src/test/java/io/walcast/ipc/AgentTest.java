// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class AgentTest {
    private static final long LONG_NS = TimeUnit.HOURS.toNanos(1);

    private final AgentThreads threads = new AgentThreads("test");
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    @Test
    void doesATurnEachTimeItIsWoken() throws InterruptedException {
        BlockingQueue<String> turns = new LinkedBlockingQueue<>();
        try (Agent agent = Agent.start(threads, () -> turn(turns), failures::add)) {
            assertThat(turns.take()).startsWith("walcast-test-");
            agent.wake();
            assertThat(turns.take()).startsWith("walcast-test-");
        }
        assertThat(failures).isEmpty();
    }

    private static long turn(BlockingQueue<String> turns) {
        turns.add(Thread.currentThread().getName());
        return LONG_NS;
    }

    @Test
    void isGoneWhenItIsClosed() throws InterruptedException {
        CountDownLatch inTurn = new CountDownLatch(1);
        AtomicBoolean left = new AtomicBoolean();
        Agent agent = Agent.start(
                threads,
                () -> {
                    inTurn.countDown();
                    left.set(true);
                    return LONG_NS;
                },
                failures::add);
        inTurn.await();

        agent.close();
        agent.close();

        assertThat(left).isTrue();
    }

    @Test
    void tellsOfWhateverEndedIt() throws InterruptedException {
        AssertionError planted = new AssertionError("planted");
        try (Agent agent = Agent.start(
                threads,
                () -> {
                    throw planted;
                },
                failures::add)) {
            assertThat(failures.take()).isSameAs(planted);
            agent.wake();
        }
    }

    @Test
    void keepsTheInterruptOfWhoClosesIt() {
        Agent agent = Agent.start(threads, () -> LONG_NS, failures::add);
        Thread.currentThread().interrupt();

        agent.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failures).isEmpty();
    }
}
