// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.ipc.Latch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a latch costs. The claims: setting one that is set costs a volatile read, about a nanosecond, so that a transport
 * may set it for every message; waking a thread that waits and being woken by it costs some microseconds, which is
 * what the operating system takes, and is paid only by who has nothing to do.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar LatchBenchmark</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class LatchBenchmark {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    private final Latch alreadySet = new Latch();
    private final Latch there = new Latch();
    private final Latch back = new Latch();
    private final Thread echo = new Thread(this::answer, "walcast-benchmark-echo");

    // Written by the benchmark's thread, read by the echo.
    private volatile boolean stopped;

    /** Starts the thread at the other end. */
    @Setup
    public void start() {
        alreadySet.set();
        echo.start();
    }

    /** Ends it. */
    @TearDown
    public void stop() throws InterruptedException {
        stopped = true;
        there.set();
        echo.join();
    }

    /** Sets a latch that is set. */
    @Benchmark
    public void setAgain() {
        alreadySet.set();
    }

    /** Wakes a thread and waits until it has answered: two hand-overs. */
    @Benchmark
    public boolean thereAndBack() {
        there.set();
        boolean answered = back.await(TIMEOUT_NS);
        back.reset();
        return answered;
    }

    private void answer() {
        while (!stopped) {
            if (there.await(TIMEOUT_NS)) {
                there.reset();
                back.set();
            }
        }
    }
}
