// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The {@code walcast} program in a process of its own: from the distribution if this one runs from there, else from the
 * class path. Its messages and its progress line go where ours go.
 *
 * <p>Threading: one caller; the end of the JVM kills it.
 */
final class ReceiverProcess implements AutoCloseable {
    private static final long STOP_TIMEOUT_S = 20;

    private final Process process;
    private final Thread shutdownHook;

    private ReceiverProcess(Process process) {
        this.process = process;
        this.shutdownHook = new Thread(process::destroyForcibly, "walcast-quickstart-receiver");
        try {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            process.destroyForcibly();
            throw new TourException("interrupted");
        }
    }

    static ReceiverProcess start(List<String> arguments) {
        return start(arguments, ProcessBuilder.Redirect.DISCARD);
    }

    /** Runs it to its end and returns what it wrote to its standard output. */
    static String output(List<String> arguments) {
        try (ReceiverProcess running = start(arguments, ProcessBuilder.Redirect.PIPE)) {
            String output = new String(running.process.getInputStream().readAllBytes(), UTF_8);
            int code = running.await();
            if (code != 0) {
                throw new TourException("walcast " + arguments.get(0) + " ended with exit code " + code);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ReceiverProcess start(List<String> arguments, ProcessBuilder.Redirect output) {
        List<String> command = new ArrayList<>(program());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("WALCAST_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            return new ReceiverProcess(builder.start());
        } catch (IOException e) {
            throw new TourException("cannot start " + command.get(0) + ": " + e.getMessage());
        }
    }

    /** Returns {@code arguments} as somebody would type them. */
    static String typed(List<String> arguments) {
        return arguments.stream()
                .map(word -> word.matches("(?s).*[ &?*;].*") ? "'" + word + "'" : word)
                .collect(Collectors.joining(" ", "$ walcast ", ""));
    }

    private static List<String> program() {
        String home = System.getProperty("walcast.home");
        if (home != null && Files.isExecutable(Path.of(home, "bin", "walcast"))) {
            return List.of(home + "/bin/walcast");
        }
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "io.walcast.postmaster.Walcast");
    }

    /** Kills it as {@code kill -9} does, and returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Asks it to end with SIGTERM, and returns its exit code. */
    int stop() {
        process.destroy();
        return await();
    }

    /** Waits for its end and returns its exit code. */
    int await() {
        try {
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new TourException("the receiver did not end within " + STOP_TIMEOUT_S + " s");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TourException("interrupted");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            return; // the JVM is ending, and the hook at work
        }
    }
}
