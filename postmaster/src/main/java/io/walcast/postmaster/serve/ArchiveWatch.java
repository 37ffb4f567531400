// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.error.StorageException;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ArchivedWalOptions;
import io.walcast.ipc.Agent;
import io.walcast.ipc.AgentThreads;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.compression.Decompressors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks every second for what somebody else has put into a directory.
 *
 * <p>Threading: a thread of its own. A directory that cannot be read for a while, a mount that is away, is said once and
 * tried again: what is known stays served.
 */
final class ArchiveWatch implements AutoCloseable {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final ArchivedWal wal;
    private final Consumer<String> log;
    private final Agent agent;

    // Confined to the agent's thread.
    private boolean unreadable;

    private ArchiveWatch(ArchivedWal wal, Consumer<String> log, Consumer<Throwable> failed) {
        this.wal = wal;
        this.log = log;
        agent = Agent.start(new AgentThreads("archive"), this::turn, failed);
    }

    /**
     * Returns the WAL of {@code node} after a first look at it.
     *
     * @throws StorageException if the directory cannot be read
     */
    static ArchivedWal open(NodeDirectory node, Consumer<String> log) {
        ArchivedWal wal = ArchivedWal.open(
                node.wal(),
                ArchivedWalOptions.of(node.home())
                        .withDecompressors(Decompressors.ALL)
                        .withWarnings(warning -> log.accept("warning: " + warning)));
        wal.poll();
        return wal;
    }

    /** Goes on looking; {@code failed} is told what ends that against the plan. */
    static ArchiveWatch start(ArchivedWal wal, Consumer<String> log, Consumer<Throwable> failed) {
        return new ArchiveWatch(wal, log, failed);
    }

    private long turn() {
        try {
            wal.poll();
            if (unreadable) {
                log.accept("the directory can be read again");
            }
            unreadable = false;
        } catch (StorageException e) {
            if (!unreadable) {
                log.accept("warning: " + e.getMessage());
            }
            unreadable = true;
        }
        return INTERVAL_NS;
    }

    @Override
    public void close() {
        agent.close();
    }
}
