// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.ipc.Latch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A stream that has been started, as a {@link Flow.Publisher}: nothing is received that was not asked for, and that is
 * the back-pressure towards the server.
 *
 * <p>It takes one subscriber, and with it one thread of the executor until the end; that thread is the connection's
 * owner. A message is lent until {@code onNext} returns; {@code onNext} is also the place to send status updates from.
 * A server that is owed an answer ends the connection in time, so a subscriber should not leave its demand at zero for
 * long.
 *
 * <p>It completes after {@link EndOfStream}; the connection then belongs to who made it again. Errors of the connection
 * go to {@code onError}. To cancel, or to throw from {@code onNext}, closes the connection.
 */
public final class WalPublisher implements Flow.Publisher<ServerMessage> {
    private final WalReceiverConnection connection;
    private final Latch latch;
    private final Executor executor;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /**
     * Makes one; {@code latch} is the one that {@code connection} was made with, and nobody else waits for it.
     *
     * @param executor runs the one long task that drives the connection
     */
    public WalPublisher(WalReceiverConnection connection, Latch latch, Executor executor) {
        this.connection = requireNonNull(connection, "connection");
        this.latch = requireNonNull(latch, "latch");
        this.executor = requireNonNull(executor, "executor");
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ServerMessage> subscriber) {
        requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            refuse(subscriber, new IllegalStateException("publisher: subscribed to already (expected: once)"));
            return;
        }
        Drive drive = new Drive(subscriber);
        try {
            executor.execute(drive);
        } catch (RejectedExecutionException e) {
            refuse(subscriber, e);
        }
    }

    private static void refuse(Flow.Subscriber<?> subscriber, RuntimeException reason) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(reason);
    }

    /**
     * One subscription. {@code request} and {@code cancel} come from any thread, all signals to the subscriber from the
     * one that runs it.
     */
    private final class Drive implements Flow.Subscription, Runnable {
        private final Flow.Subscriber<? super ServerMessage> subscriber;
        private final AtomicLong demand = new AtomicLong();

        // Written by any thread that cancels or asks for nothing, read by the one that runs.
        private volatile boolean canceled;
        private volatile boolean badRequest;

        // Written by the thread that runs, read by any thread that cancels.
        private volatile @Nullable Thread driver;

        Drive(Flow.Subscriber<? super ServerMessage> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (n > 0) {
                demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
            } else {
                badRequest = true;
            }
            latch.set();
        }

        /** From inside {@code onNext}, the message stays lent until that returns; then the connection is closed. */
        @Override
        public void cancel() {
            canceled = true;
            if (Thread.currentThread() != driver) {
                connection.close();
            }
            latch.set();
        }

        @Override
        public void run() {
            boolean returned = false;
            driver = Thread.currentThread();
            try {
                subscriber.onSubscribe(this);
                while (turn()) {
                    // each turn hands over one message or waits
                }
                returned = true;
            } finally {
                driver = null;
                if (!returned || canceled) {
                    connection.close(); // who canceled did so too, but what the last message lent is the owner's
                }
            }
        }

        /** Does one thing and returns whether there is more to do. */
        private boolean turn() {
            latch.reset();
            if (canceled) {
                return false;
            }
            if (badRequest) {
                connection.close();
                subscriber.onError(new IllegalArgumentException("request: 0 or less (expected: 1 or more)"));
                return false;
            }
            if (demand.get() == 0) {
                latch.await(Long.MAX_VALUE);
                return true;
            }
            ServerMessage message;
            try {
                message = connection.receive();
            } catch (RuntimeException e) {
                if (!canceled) {
                    subscriber.onError(e);
                }
                return false;
            }
            if (message == null) {
                latch.await(Long.MAX_VALUE);
                return true;
            }
            demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
            return hand(message);
        }

        private boolean hand(ServerMessage message) {
            subscriber.onNext(message);
            if (message instanceof EndOfStream && !canceled) {
                subscriber.onComplete();
            }
            return !(message instanceof EndOfStream);
        }
    }
}
