// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a scripted primary saw and did. Safe for use from any thread. */
public final class PrimaryJournal {
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<PrimaryCall, List<String>> calls = new EnumMap<>(PrimaryCall.class);

    @GuardedBy("lock")
    private @Nullable StatusUpdate lastStatus;

    @GuardedBy("lock")
    private @Nullable HotStandbyFeedback lastFeedback;

    @GuardedBy("lock")
    private long sentMessages;

    @GuardedBy("lock")
    private int disconnects;

    /** Notes a call. */
    public void called(PrimaryCall call, String argument) {
        synchronized (lock) {
            calls.computeIfAbsent(call, key -> new ArrayList<>()).add(argument);
        }
    }

    /** Notes what the receiver sent while streaming. */
    public void received(StandbyMessage message) {
        message.dispatchTo(new StandbyMessage.Handler() {
            @Override
            public void onStatusUpdate(StatusUpdate update) {
                synchronized (lock) {
                    lastStatus = update;
                }
            }

            @Override
            public void onHotStandbyFeedback(HotStandbyFeedback feedback) {
                synchronized (lock) {
                    lastFeedback = feedback;
                }
            }
        });
    }

    /** Notes that a message left for the receiver. */
    public void sent() {
        synchronized (lock) {
            sentMessages++;
        }
    }

    /** Notes that the receiver ended a connection. */
    public void disconnected() {
        synchronized (lock) {
            disconnects++;
        }
    }

    /** Returns how many connections the receiver has ended. */
    public int disconnects() {
        synchronized (lock) {
            return disconnects;
        }
    }

    /** Returns the arguments of all calls of that kind so far. */
    public List<String> calls(PrimaryCall call) {
        synchronized (lock) {
            return List.copyOf(calls.getOrDefault(call, List.of()));
        }
    }

    /** Waits until a call of that kind has come. */
    public void awaitCall(PrimaryCall call, Duration limit) {
        await().atMost(limit).until(() -> !calls(call).isEmpty());
    }

    /** Returns the latest status update, or null. */
    public @Nullable StatusUpdate lastStatus() {
        synchronized (lock) {
            return lastStatus;
        }
    }

    /** Returns the latest hot standby feedback, or null. */
    public @Nullable HotStandbyFeedback lastFeedback() {
        synchronized (lock) {
            return lastFeedback;
        }
    }

    /** Returns how many messages have left for the receiver, buffers of the operating system included. */
    public long sentMessages() {
        synchronized (lock) {
            return sentMessages;
        }
    }
}
