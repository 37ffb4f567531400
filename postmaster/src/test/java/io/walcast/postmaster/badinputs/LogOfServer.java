// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a server in this JVM logs from now on, up to the end. */
final class LogOfServer implements AutoCloseable {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.walcast");
    private final @Nullable Level levelBefore = logger.getLevel();

    LogOfServer() {
        log.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(log);
    }

    List<String> text() {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Waits a moment for a line that has {@code text} in it, whatever the case. */
    boolean awaitLineAbout(String text) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        boolean found;
        do {
            found = text().stream()
                    .anyMatch(line -> line.toLowerCase(Locale.ROOT).contains(text));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        } while (!found && endNs - System.nanoTime() > 0);
        return found;
    }

    @Override
    public void close() {
        logger.detachAppender(log);
        logger.setLevel(levelBefore);
    }
}
