// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Sends what libraries say by {@code java.util.logging}, gRPC does, where all else goes. The JDK makes one, by its name, when
 * the first of them asks for a logger: a program whose libraries are silent does not load it.
 */
public final class JavaUtilLogging {
    private static final String CONFIGURATION = "java.util.logging.config.class";

    /** Does the sending, for the rest of the program's life. */
    public JavaUtilLogging() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new ToSlf4j());
    }

    /** Has the JDK make one when it is time, unless whoever starts the program wants something else. */
    static void install() {
        if (System.getProperty(CONFIGURATION) == null && System.getProperty("java.util.logging.config.file") == null) {
            System.setProperty(CONFIGURATION, JavaUtilLogging.class.getName());
        }
    }

    /** Threading: any thread. */
    private static final class ToSlf4j extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
            String name = record.getLoggerName();
            LoggingEventBuilder event = event(LoggerFactory.getLogger(name == null ? "" : name), record.getLevel());
            event.setCause(record.getThrown()).log(formatter.formatMessage(record));
        }

        private static LoggingEventBuilder event(org.slf4j.Logger logger, Level level) {
            int value = level.intValue();
            if (value >= Level.SEVERE.intValue()) {
                return logger.atError();
            }
            if (value >= Level.WARNING.intValue()) {
                return logger.atWarn();
            }
            return value >= Level.INFO.intValue() ? logger.atInfo() : logger.atDebug();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
