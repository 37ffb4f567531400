// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import io.walcast.core.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The outside witness of a replication stream: what a client said it holds, and what it was sent.
 *
 * <p>It follows the plain protocol of every connection of a {@link MisbehavingProxy}. A status update counts from the
 * moment in which the client has sent it, whether or not it reaches the server. Of a connection that turns to TLS nothing
 * more is seen.
 */
public final class ReplicationTap implements Tap {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ReplicationConversation> conversations = new CopyOnWriteArrayList<>();
    private final List<Consumer<StandbyStatus>> listeners = new CopyOnWriteArrayList<>();

    /** A tap that has seen nothing yet. */
    public ReplicationTap() {}

    /** Calls {@code listener} with each status update to come, before the proxy forwards it. */
    public void onStatus(Consumer<StandbyStatus> listener) {
        listeners.add(listener);
    }

    /** Returns what was seen of each connection, in the order in which they were opened. */
    public List<ReplicationConversation> conversations() {
        return List.copyOf(conversations);
    }

    /** Returns all status updates, connection by connection. */
    public List<StandbyStatus> statuses() {
        return conversations.stream()
                .flatMap(conversation -> conversation.statuses().stream())
                .toList();
    }

    /** Returns the greatest position that any connection has acknowledged as flushed. */
    public Lsn maxFlush() {
        return conversations.stream().map(ReplicationConversation::maxFlush).reduce(Lsn.INVALID, Lsn::max);
    }

    /** Returns all queries, connection by connection. */
    public List<String> queries() {
        return conversations.stream()
                .flatMap(conversation -> conversation.queries().stream())
                .toList();
    }

    /** Waits until some connection has acknowledged {@code position} as flushed; false if none has in time. */
    public boolean awaitFlush(Lsn position, Duration timeout) {
        return await(tap -> !tap.maxFlush().isBefore(position), timeout);
    }

    /** Waits until {@code condition} holds, which is looked at after every message; false if it does not in time. */
    public boolean await(Predicate<ReplicationTap> condition, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        lock.lock();
        try {
            while (!condition.test(this)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // A message may come between the test and the wait: it then is seen a little later.
                changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Wire opened(int number) {
        ReplicationConversation conversation = new ReplicationConversation(number);
        conversations.add(conversation);
        return new ReplicationWire(conversation, this::statusSeen, this::wake);
    }

    private void statusSeen(StandbyStatus status) {
        listeners.forEach(listener -> listener.accept(status));
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
