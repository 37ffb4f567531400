// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ServerErrorException;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.walsender.slot.ReplicationSlots;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all sessions share. Safe for use from any thread. */
final class WalSenderNode {
    private final WalSenderConfig config;
    private final Supplier<WalChunks> chunks;
    private final ServerTimelines timelines;
    private final WalSndCtl walSndCtl;
    private final WalSndWakeup wakeup;

    // Written and read by whoever asks for settings.
    private volatile @Nullable Served served;

    WalSenderNode(WalSenderConfig config, Supplier<WalChunks> chunks) {
        this.config = requireNonNull(config, "config");
        this.chunks = requireNonNull(chunks, "chunks");
        timelines = new ServerTimelines(config.wal());
        walSndCtl = new WalSndCtl(config.slots());
        wakeup = new WalSndWakeup(config.wal(), walSndCtl, config.clock());
    }

    /** The node's settings, and what they are with what the WAL says of its cluster. */
    private record Served(Settings node, Settings settings) {}

    ServedWal wal() {
        return config.wal();
    }

    /**
     * Returns how far WAL may be sent.
     *
     * @throws ServerErrorException if there is none
     */
    ServedPosition position() {
        ServedPosition position = config.wal().position();
        if (position == null) {
            throw SessionErrors.startingUp();
        }
        return position;
    }

    ReplicationSlots slots() {
        return config.slots();
    }

    Clock clock() {
        return config.clock();
    }

    /** Runs what reads or syncs files. */
    Executor io() {
        return config.io();
    }

    /** Returns where a new stream gets its WAL from. */
    WalChunks newChunks() {
        return chunks.get();
    }

    ServerTimelines timelines() {
        return timelines;
    }

    WalSndCtl walSndCtl() {
        return walSndCtl;
    }

    WalSndWakeup wakeup() {
        return wakeup;
    }

    /** Returns the settings of a session that asks for nothing else. There must be WAL. */
    Settings settings() {
        Settings node = config.settings().get();
        Served last = served;
        if (last == null || last.node() != node) {
            ServedWal wal = config.wal();
            Settings settings =
                    node.serving(wal.majorVersion(), wal.segmentSize().bytes()).with("in_hot_standby", "on");
            last = new Served(node, settings);
            served = last;
        }
        return last.settings();
    }

    /** Returns the major version that is announced. There must be WAL. */
    int major() {
        return settings().majorVersion();
    }
}
