// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.ipc.Latch;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.EndResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalPublisher;
import io.walcast.transport.WalReceiverConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WalPublisherTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Lsn START = Lsn.parse("0/3000000");
    private static final TimelineId TWO = TimelineId.of(2);

    private final Latch latch = new Latch();
    private final PrimaryScript script = new PrimaryScript();
    private final WalReceiverConnection connection = connect();
    private final CompletableFuture<Thread> driver = new CompletableFuture<>();
    private final CompletableFuture<Void> driven = new CompletableFuture<>();

    private WalReceiverConnection connect() {
        MemoryTransport transport = new MemoryTransport();
        return transport.connect(ConnectOptions.of(transport.add("primary", script), latch));
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void handsOverEverythingAndCompletes() {
        WalPublisher publisher = streaming(new PrimaryStream()
                .wal(START, new byte[] {1, 2})
                .keepalive(START, false)
                .endOfTimeline(TWO, START));
        FakeSubscriber subscriber = new FakeSubscriber(Long.MAX_VALUE);

        publisher.subscribe(subscriber);

        driven.join();
        assertThat(subscriber.signals)
                .containsExactly("subscribed", "XLogData", "Keepalive", "EndOfStream", "completed");
        assertThat(connection.endStreaming()).isEqualTo(new EndResult(TWO, START));
    }

    @Test
    void handsOverNoMoreThanWasAskedFor() {
        WalPublisher publisher = streaming(new PrimaryStream()
                .keepalive(START, false)
                .keepalive(START, false)
                .keepalive(START, false));
        FakeSubscriber subscriber = new FakeSubscriber(0);

        publisher.subscribe(subscriber);

        awaitSignals(subscriber, 1);
        subscriber.request(2);
        awaitSignals(subscriber, 3);
        subscriber.request(1);
        awaitSignals(subscriber, 4);
        subscriber.cancel();
        driven.join();
        assertThat(subscriber.signals).hasSize(4);
    }

    @Test
    void lendsThePayloadUntilOnNextReturns() {
        WalPublisher publisher = streaming(new PrimaryStream()
                .wal(START, new byte[] {7})
                .wal(START.plus(1), new byte[] {8})
                .endOfTimeline());
        StringBuilder bytes = new StringBuilder();
        FakeSubscriber subscriber = new FakeSubscriber(Long.MAX_VALUE);
        subscriber.onNext = message -> {
            if (message instanceof ServerMessage.XLogData data) {
                bytes.append(data.payload().get(0));
            }
        };

        publisher.subscribe(subscriber);

        driven.join();
        assertThat(bytes).hasToString("78");
    }

    @Test
    void runsEverythingOnTheGivenThreadFromWhereStatusCanBeSent() {
        WalPublisher publisher = streaming(new PrimaryStream().keepalive(START, true));
        StatusUpdate status = new StatusUpdate(START, START, START, PgTimestamp.NONE, false);
        FakeSubscriber subscriber = new FakeSubscriber(1);
        subscriber.onNext = message -> {
            assertThat(Thread.currentThread()).isSameAs(driver.join());
            assertThat(connection.send(status)).isTrue();
        };

        publisher.subscribe(subscriber);

        await().atMost(SOON).until(() -> status.equals(script.journal().lastStatus()));
        subscriber.cancel();
        driven.join();
    }

    @Test
    void passesTheServersErrorOn() {
        WalPublisher publisher =
                streaming(new PrimaryStream().fail(ErrorFields.error(SqlState.UNDEFINED_FILE, "gone")));
        FakeSubscriber subscriber = new FakeSubscriber(1);

        publisher.subscribe(subscriber);

        driven.join();
        assertThat(subscriber.error)
                .isInstanceOfSatisfying(
                        ServerErrorException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE));
        assertThat(subscriber.signals).containsExactly("subscribed", "failed");
    }

    @Test
    void closesTheConnectionWhenCanceledAndSaysNoMore() {
        WalPublisher publisher = streaming(new PrimaryStream());
        FakeSubscriber subscriber = new FakeSubscriber(Long.MAX_VALUE);
        publisher.subscribe(subscriber);
        awaitSignals(subscriber, 1);

        subscriber.cancel();

        driven.join();
        assertThat(script.journal().disconnects()).isEqualTo(1);
        assertThat(subscriber.signals).containsExactly("subscribed");
    }

    @Test
    void leavesTheMessageLentWhenCanceledFromInsideOnNext() {
        WalPublisher publisher = streaming(new PrimaryStream().wal(START, new byte[] {7}));
        CompletableFuture<Integer> closedMeanwhile = new CompletableFuture<>();
        FakeSubscriber subscriber = new FakeSubscriber(Long.MAX_VALUE);
        subscriber.onNext = message -> {
            subscriber.cancel();
            closedMeanwhile.complete(script.journal().disconnects());
        };

        publisher.subscribe(subscriber);

        driven.join();
        assertThat(closedMeanwhile).isCompletedWithValue(0);
        assertThat(script.journal().disconnects()).isEqualTo(1);
        assertThat(subscriber.signals).containsExactly("subscribed", "XLogData");
    }

    @Test
    void refusesToBeAskedForNothing() {
        WalPublisher publisher = streaming(new PrimaryStream().keepalive(START, false));
        FakeSubscriber subscriber = new FakeSubscriber(0);
        publisher.subscribe(subscriber);
        awaitSignals(subscriber, 1);

        subscriber.request(0);

        driven.join();
        assertThat(subscriber.error).isInstanceOf(IllegalArgumentException.class);
        assertThat(script.journal().disconnects()).isEqualTo(1);
    }

    @Test
    void closesTheConnectionWhenTheSubscriberThrows() {
        WalPublisher publisher = streaming(new PrimaryStream().keepalive(START, false));
        FakeSubscriber subscriber = new FakeSubscriber(1);
        subscriber.onNext = message -> {
            throw new IllegalStateException("subscriber's bug");
        };

        publisher.subscribe(subscriber);

        assertThat(driven).failsWithin(SOON).withThrowableThat().withMessageContaining("subscriber's bug");
        assertThat(script.journal().disconnects()).isEqualTo(1);
    }

    @Test
    void takesOneSubscriberOnly() {
        WalPublisher publisher = streaming(new PrimaryStream());
        FakeSubscriber first = new FakeSubscriber(1);
        FakeSubscriber second = new FakeSubscriber(1);

        publisher.subscribe(first);
        publisher.subscribe(second);

        assertThat(second.signals).containsExactly("subscribed", "failed");
        assertThat(second.error).isInstanceOf(IllegalStateException.class);
        awaitSignals(first, 1);
        first.cancel();
        driven.join();
    }

    @Test
    void tellsTheSubscriberThatTheExecutorRefused() {
        WalPublisher publisher = new WalPublisher(connection, latch, command -> {
            throw new RejectedExecutionException("full");
        });
        FakeSubscriber subscriber = new FakeSubscriber(1);

        publisher.subscribe(subscriber);

        assertThat(subscriber.error).isInstanceOf(RejectedExecutionException.class);
    }

    private WalPublisher streaming(PrimaryStream stream) {
        script.stream(stream);
        assertThat(connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST)))
                .isNotNull();
        return new WalPublisher(connection, latch, newThread());
    }

    private Executor newThread() {
        return command -> {
            Thread thread = new Thread(() -> {
                driver.complete(Thread.currentThread());
                try {
                    command.run();
                    driven.complete(null);
                } catch (RuntimeException e) {
                    driven.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
        };
    }

    private static void awaitSignals(FakeSubscriber subscriber, int count) {
        await().atMost(SOON).until(() -> subscriber.signals.size() >= count);
    }

    /** Asks for as much as it is told, and writes down what it hears. */
    private static final class FakeSubscriber implements Flow.Subscriber<ServerMessage> {
        private final List<String> signals = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        private final long initialDemand;
        private volatile Consumer<ServerMessage> onNext = message -> {};
        private volatile Throwable error = new AssertionError("no error");

        FakeSubscriber(long initialDemand) {
            this.initialDemand = initialDemand;
        }

        void request(long n) {
            subscription.join().request(n);
        }

        void cancel() {
            subscription.join().cancel();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription.complete(subscription);
            if (initialDemand > 0) {
                subscription.request(initialDemand);
            }
            signals.add("subscribed");
        }

        @Override
        public void onNext(ServerMessage message) {
            onNext.accept(message);
            signals.add(message.getClass().getSimpleName());
        }

        @Override
        public void onError(Throwable error) {
            this.error = error;
            signals.add("failed");
        }

        @Override
        public void onComplete() {
            signals.add("completed");
        }
    }
}
