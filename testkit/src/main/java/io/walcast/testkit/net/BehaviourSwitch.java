// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The behaviour of both directions, and waiting for another one. */
final class BehaviourSwitch {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Direction, Behaviour> behaviours = new EnumMap<>(Direction.class);
    private final Map<Direction, Long> versions = new EnumMap<>(Direction.class);
    private long lastVersion;

    BehaviourSwitch() {
        for (Direction direction : Direction.values()) {
            behaviours.put(direction, Behaviour.PASS);
            versions.put(direction, 0L);
        }
    }

    record Versioned(Behaviour behaviour, long version) {}

    Versioned current(Direction direction) {
        lock.lock();
        try {
            Behaviour behaviour = behaviours.getOrDefault(direction, Behaviour.PASS);
            return new Versioned(behaviour, versions.getOrDefault(direction, 0L));
        } finally {
            lock.unlock();
        }
    }

    void set(Direction direction, Behaviour behaviour) {
        lock.lock();
        try {
            behaviours.put(direction, behaviour);
            versions.put(direction, ++lastVersion);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Makes those who wait look again. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@code version} is no direction's, {@code nanos} have passed or the connection has ended. */
    void awaitChange(long version, long nanos, Pump.Ender connection) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (left > 0 && versions.containsValue(version) && !connection.hasEnded()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
