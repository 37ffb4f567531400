// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.error.ConnectionException;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One thread that waits for all its sockets, and in between does what it is asked to, in order. Safe for any thread. */
final class Loop implements Executor, AutoCloseable {
    private static final long TICK_MS = 100;
    private static final int TASKS_PER_ROUND = 256;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Selector selector;
    private final Thread thread;
    private final Runnable onTick;

    // Written by any thread that closes, read by the loop.
    private volatile boolean closing;

    private Loop(String name, Selector selector, Runnable onTick) {
        this.selector = selector;
        this.onTick = onTick;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Starts one; {@code onTick} is run on it some times a second. */
    static Loop start(String name, Runnable onTick) {
        try {
            Loop loop = new Loop(name, Selector.open(), onTick);
            loop.thread.start();
            return loop;
        } catch (IOException e) {
            throw new ConnectionException("plain: could not open a selector", e);
        }
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Has {@code onReady} run whenever {@code channel} is ready for what its key is interested in. */
    SelectionKey register(SelectableChannel channel, Runnable onReady) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, 0, onReady);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!isCurrent()) {
            selector.wakeup();
        }
    }

    private void run() {
        long lastTickNs = System.nanoTime();
        while (!closing || !tasks.isEmpty()) {
            try {
                if (tasks.isEmpty()) {
                    selector.select(Loop::ready, TICK_MS);
                } else {
                    selector.selectNow(Loop::ready);
                }
            } catch (IOException e) {
                closing = true;
            }
            for (int i = 0; i < TASKS_PER_ROUND && !tasks.isEmpty(); i++) {
                tasks.remove().run();
            }
            if (System.nanoTime() - lastTickNs > TimeUnit.MILLISECONDS.toNanos(TICK_MS)) {
                lastTickNs = System.nanoTime();
                onTick.run();
            }
        }
        end();
    }

    private static void ready(SelectionKey key) {
        if (key.isValid()) {
            ((Runnable) key.attachment()).run();
        }
    }

    private void end() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    /** Ends the thread when it has done what it was asked to; does not wait for it. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
    }
}
