// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * What a process is in PostgreSQL, inside one JVM: a thread of its own with a {@link Latch}, that does one bounded turn of
 * work after the other until it is told to stop.
 *
 * <p>An agent may hold files, so its thread is never interrupted: it ends by flag and latch. Whatever a turn throws ends the
 * agent and is handed to the listener given at the start; nothing dies in silence.
 *
 * <p>Threading: {@link #wake} and {@link #stop} from any thread, {@link #close} from any but its own.
 */
public final class Agent implements AutoCloseable {

    /** The work of an agent. */
    @FunctionalInterface
    public interface Turn {
        /** Does a bounded piece of work and returns how long the agent may sleep after it, in ns; 0 for not at all. */
        long run();
    }

    private final Latch latch = new Latch();
    private final Turn turn;
    private final Consumer<Throwable> failureListener;
    private final Thread thread;

    // Written by whoever stops the agent, read by its thread.
    private volatile boolean stopping;

    private Agent(ThreadFactory threads, Turn turn, Consumer<Throwable> failureListener) {
        this.turn = requireNonNull(turn, "turn");
        this.failureListener = requireNonNull(failureListener, "failureListener");
        thread = threads.newThread(this::loop);
    }

    /** Starts an agent; {@code failureListener} is told, on the agent's thread, what ended it against the plan. */
    public static Agent start(ThreadFactory threads, Turn turn, Consumer<Throwable> failureListener) {
        Agent agent = new Agent(threads, turn, failureListener);
        agent.thread.start();
        return agent;
    }

    private void loop() {
        try {
            while (!stopping) {
                latch.reset();
                long sleepNs = turn.run();
                if (!stopping && sleepNs > 0) {
                    latch.await(sleepNs);
                }
            }
        } catch (Throwable e) { // the outermost loop of a thread: an Error must be heard of too
            failureListener.accept(e);
        }
    }

    /** Ends the agent's sleep, or has it skip the next one. */
    public void wake() {
        latch.set();
    }

    /** Returns the latch that ends the agent's sleep, for those who set latches; only the agent resets it. */
    public Latch latch() {
        return latch;
    }

    /** Asks the agent to end after its current turn; returns at once. */
    public void stop() {
        stopping = true;
        latch.set();
    }

    /** Stops the agent and returns when its thread has ended, whatever interrupts; the interrupt status is kept. */
    @Override
    public void close() {
        stop();
        join(thread);
    }

    /**
     * Waits for the end of {@code thread}, whatever interrupts; the interrupt status is kept. A thread does not wait for
     * itself.
     */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
