// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A relay of the tour, a process of its own.
 *
 * <p>Threading: one caller.
 */
final class TourRelay implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Pattern STANDBY = Pattern.compile("\"pg_stat_replication\" : \\[ \\{");
    private static final Pattern STREAMING = Pattern.compile("\"state\" : \"streaming\"");
    private static final String PORT = "\"scheme\" : \"%s\",\\s+\"address\" : \"[^\"]*\",\\s+\"port\" : (\\d+)";

    private final Path home;
    private final Narration narration;
    private final ReceiverProcess process;

    private TourRelay(Path home, Narration narration, ReceiverProcess process) {
        this.home = home;
        this.narration = narration;
        this.process = process;
    }

    /**
     * Makes the home and starts the relay.
     *
     * @param conninfo the server it receives from
     * @param addresses where it listens
     */
    static TourRelay start(Path home, Narration narration, String conninfo, String... addresses) {
        typeAndRun(narration, List.of("init", "-D", home.toString()));
        // Nobody but this machine can come near the tour: no password.
        write(home.resolve("pg_hba.conf"), "host replication " + PostgresServer.USER + " 127.0.0.1/32 trust\n");
        write(home.resolve("users"), PostgresServer.USER + " - replication\n");
        narration.say("Its pg_hba.conf lets %s in from this machine.", PostgresServer.USER);
        List<String> command = new ArrayList<>(List.of("receivewal", "-D", home.toString()));
        for (String address : addresses) {
            command.add("--serve");
            command.add(address);
        }
        command.add("-d");
        command.add(conninfo);
        narration.say("%s", ReceiverProcess.typed(command));
        return new TourRelay(home, narration, ReceiverProcess.start(command));
    }

    private static void typeAndRun(Narration narration, List<String> command) {
        narration.say("%s", ReceiverProcess.typed(command));
        try (ReceiverProcess process = ReceiverProcess.start(command)) {
            int code = process.await();
            if (code != 0) {
                throw new TourException(
                        "walcast " + command.get(0) + " ended with exit code " + code + " (expected: 0)");
            }
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it listens for addresses of {@code scheme}, and returns the port. */
    int port(String scheme) {
        Pattern listener = Pattern.compile(PORT.formatted(scheme));
        return Integer.parseInt(
                awaitStatus(listener, "the relay does not listen").group(1));
    }

    /** Waits until it streams to somebody. */
    void awaitStreaming() {
        awaitStatus(STREAMING, "the relay streams to nobody");
    }

    /** Shows whom it serves. */
    void showStatus() {
        awaitStatus(STANDBY, "the relay does not tell of who is connected");
        List<String> status = List.of("status", "-D", home.toString());
        narration.say("%s", ReceiverProcess.typed(status));
        narration.say("%s", ReceiverProcess.output(status).strip().replace("\n", "\n   "));
    }

    /** Waits until what the relay tells of itself, which it does once a second, has {@code wanted} in it. */
    private Matcher awaitStatus(Pattern wanted, String otherwise) {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            try {
                Matcher found = wanted.matcher(Files.readString(home.resolve("status.json")));
                if (found.find()) {
                    return found;
                }
            } catch (NoSuchFileException e) {
                // not yet
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        throw new TourException(otherwise + " after " + READY_TIMEOUT.toSeconds() + " s");
    }

    /** Asks it to end, and requires that it does in good order. */
    void stop() {
        int code = process.stop();
        if (code != 0) {
            throw new TourException("the relay ended with exit code " + code + " (expected: 0)");
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
