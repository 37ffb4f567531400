// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.error.WalException;
import io.walcast.ipc.Agent;
import io.walcast.ipc.AgentThreads;
import io.walcast.postmaster.status.StatusFile;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code status.json} up to date: writes it every second while the node serves, and removes it at the end.
 *
 * <p>Threading: a thread of its own. A file that cannot be written harms nothing else: it is said once, and tried again.
 */
final class StatusWriter implements AutoCloseable {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger logger = LoggerFactory.getLogger(StatusWriter.class);

    private final StatusFile file;
    private final Supplier<Map<String, @Nullable Object>> status;
    private final Agent agent;

    // Confined to the agent's thread.
    private boolean failed;

    StatusWriter(StatusFile file, Supplier<Map<String, @Nullable Object>> status) {
        this.file = file;
        this.status = status;
        agent = Agent.start(
                new AgentThreads("status"), this::turn, e -> logger.error("status is not written any more", e));
    }

    private long turn() {
        try {
            file.write(status.get());
            failed = false;
        } catch (IOException | WalException e) {
            if (!failed) {
                failed = true;
                logger.warn("could not write status.json: {}", e.toString());
            }
        }
        return INTERVAL_NS;
    }

    /** Writes it now, not within a second. */
    void wake() {
        agent.wake();
    }

    @Override
    public void close() {
        agent.close();
        try {
            file.remove();
        } catch (IOException e) {
            logger.warn("could not remove status.json: {}", e.toString());
        }
    }
}
