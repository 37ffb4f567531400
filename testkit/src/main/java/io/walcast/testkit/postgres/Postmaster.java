// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One run of the server program, from its start to its end. */
final class Postmaster {
    private static final int STATUS_LINE = 7;
    private static final long POLL_MS = 20;
    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(30);

    private final Process process;
    private final DataDirectory directory;

    private Postmaster(Process process, DataDirectory directory) {
        this.process = process;
        this.directory = directory;
    }

    static Postmaster launch(PostgresBinaries binaries, DataDirectory directory, Privileges privileges) {
        List<String> command = Commands.of(
                privileges.prefix(),
                binaries.program("postgres").toString(),
                "-D",
                directory.path().toString());
        try {
            Process process = Commands.builder(command)
                    .directory(directory.path().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(directory.log().toFile()))
                    .start();
            process.getOutputStream().close();
            return new Postmaster(process, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until the server takes connections; false if it ended instead, an exception if neither comes in time. */
    boolean awaitReady(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!isReady()) {
            if (awaitEnd(Duration.ofMillis(POLL_MS))) {
                return false;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new PostgresException(
                        "server is not ready after " + timeout + "\n" + directory.logTail(PostgresServer.LOG_LINES));
            }
        }
        return true;
    }

    /** What pg_ctl looks at: the last line that the postmaster writes into its lock file. */
    private boolean isReady() {
        try {
            List<String> lines = Files.readAllLines(directory.pidFile());
            return lines.size() > STATUS_LINE
                    && lines.get(0).strip().equals(Long.toString(pid()))
                    && isReadyStatus(lines.get(STATUS_LINE).strip());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isReadyStatus(String status) {
        return status.equals("ready") || status.equals("standby");
    }

    /** Waits for the end of the process; false if it has not ended in time. */
    boolean awaitEnd(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PostgresException("interrupted while waiting for the server", e);
        }
    }

    void signal(String name) {
        Commands.signal(pid(), name);
    }

    /** Ends the process and its children at once; returns when all are gone. */
    void kill() {
        signal("STOP");
        List<ProcessHandle> all = Stream.concat(process.toHandle().descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        long deadline = System.nanoTime() + DEATH_TIMEOUT.toNanos();
        while (all.stream().anyMatch(Postmaster::isThere)) {
            if (System.nanoTime() - deadline > 0) {
                throw new PostgresException("processes did not die: " + all);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
        }
    }

    /** A zombie is as good as gone: where process 1 does not reap, it stays for good. */
    private static boolean isThere(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
