// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.auth.AccessRules;
import io.walcast.core.storage.ServedWal;
import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.walsender.slot.ReplicationSlots;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What a walsender is made of. Only {@link #of} and the {@code with} methods are API.
 *
 * @param wal what is served
 * @param slots the node's slots
 * @param access who may connect; asked anew for every connection
 * @param settings the node's settings; asked anew each time, a reload gives another object
 * @param io runs what reads or syncs files: a few threads do for all sessions; ended by its owner, after the service
 * @param clock for everything that takes time
 */
public record WalSenderConfig(
        ServedWal wal,
        ReplicationSlots slots,
        Supplier<AccessRules> access,
        Supplier<Settings> settings,
        Executor io,
        Clock clock) {
    public WalSenderConfig {
        requireNonNull(wal, "wal");
        requireNonNull(slots, "slots");
        requireNonNull(access, "access");
        requireNonNull(settings, "settings");
        requireNonNull(io, "io");
        requireNonNull(clock, "clock");
    }

    /** Returns a configuration with PostgreSQL's default settings, on the machine's clock. */
    public static WalSenderConfig of(ServedWal wal, ReplicationSlots slots, Supplier<AccessRules> access, Executor io) {
        return new WalSenderConfig(wal, slots, access, () -> Settings.DEFAULTS, io, Clock.system());
    }

    /** Returns a copy with other settings. */
    public WalSenderConfig withSettings(Supplier<Settings> settings) {
        return new WalSenderConfig(wal, slots, access, settings, io, clock);
    }

    /** Returns a copy with another clock. */
    public WalSenderConfig withClock(Clock clock) {
        return new WalSenderConfig(wal, slots, access, settings, io, clock);
    }
}
