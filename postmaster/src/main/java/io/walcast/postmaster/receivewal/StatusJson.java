// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.receivewal.UsageException.Form.ERROR;

import io.walcast.ipc.Agent;
import io.walcast.ipc.AgentThreads;
import io.walcast.postmaster.status.StatusFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the file of {@code --status-json} up to date: at the start, at the status interval, when streaming begins or is lost, and
 * at the end. The file stays.
 *
 * <p>Threading: a thread of its own, from {@link #start} to {@link #close}. A file that cannot be written any more harms
 * nothing else: it is said once, and tried again.
 */
final class StatusJson implements AutoCloseable {
    private static final long SAMPLE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int DEFAULT_INTERVAL_S = 10;
    private static final Logger logger = LoggerFactory.getLogger(StatusJson.class);

    private final StatusFile file;
    private final ReceiverReport report;
    private final Messages messages;
    private final long intervalNs;
    private final Agent agent;

    // Written by any thread, read by the agent's.
    private volatile boolean wanted;

    // Confined to the agent's thread.
    private long writtenNs = System.nanoTime();
    private boolean failed;

    private StatusJson(StatusFile file, ReceiverReport report, int intervalS, Messages messages) {
        this.file = file;
        this.report = report;
        this.messages = messages;
        intervalNs = TimeUnit.SECONDS.toNanos(intervalS == 0 ? DEFAULT_INTERVAL_S : intervalS);
        agent = Agent.start(
                new AgentThreads("status"), this::turn, e -> logger.error("status is not written any more", e));
    }

    /**
     * Writes the file {@code name} for the first time and goes on from there.
     *
     * @param intervalS how often, in seconds; 0 for the default
     * @throws UsageException if it cannot be written
     */
    static StatusJson start(String name, ReceiverReport report, int intervalS, Messages messages) {
        try {
            StatusFile file = StatusFile.named(Path.of(name));
            file.write(report.current(System.nanoTime()));
            return new StatusJson(file, report, intervalS, messages);
        } catch (InvalidPathException e) {
            throw new UsageException(ERROR, "could not write status file \"" + name + "\": Invalid argument");
        } catch (IOException e) {
            throw new UsageException(ERROR, "could not write status file \"" + name + "\": " + reason(e));
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        String reason = e instanceof FileSystemException known ? known.getReason() : null;
        return reason == null ? e.toString() : reason;
    }

    /** Has the file written now. */
    void wake() {
        wanted = true;
        agent.wake();
    }

    private long turn() {
        long nowNs = System.nanoTime();
        report.sample(nowNs);
        if (wanted || nowNs - writtenNs >= intervalNs) {
            wanted = false;
            writtenNs = nowNs;
            write(nowNs);
        }
        return Math.min(SAMPLE_INTERVAL_NS, intervalNs);
    }

    private void write(long nowNs) {
        try {
            file.write(report.current(nowNs));
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                messages.warning("could not write the status file: " + reason(e));
            }
        }
    }

    /** Writes the file a last time. */
    @Override
    public void close() {
        agent.close();
        write(System.nanoTime());
    }
}
