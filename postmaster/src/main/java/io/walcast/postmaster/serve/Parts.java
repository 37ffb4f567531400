// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.error.WalException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started so far, closed the last one first. One that cannot be closed does not keep the others from it.
 *
 * <p>Threading: one thread.
 */
final class Parts implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(Parts.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    /** Something to close, that throws nothing checked. */
    @FunctionalInterface
    interface Part {
        void close();
    }

    /** Takes note that {@code part} was started. */
    void add(Part part) {
        parts.push(part);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (WalException e) {
                logger.error("while shutting down: {}", e.getMessage());
            }
        }
    }
}
