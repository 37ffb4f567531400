// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static java.util.Objects.requireNonNull;

import io.walcast.testkit.ToolPath;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program to run: one of PostgreSQL's own that are installed on this machine, or any other.
 *
 * <p>It runs with C messages, without the {@code PG*} variables of this process, and with an empty standard input.
 *
 * @param program the program's file
 * @param environment variables added to its environment
 */
public record Tool(Path program, Map<String, String> environment) {
    /** Checks the components. */
    public Tool {
        requireNonNull(program, "program");
        environment = Map.copyOf(environment);
    }

    /** Returns PostgreSQL's program {@code name} of this machine; {@link ToolPath} tells where it is looked for. */
    public static Optional<Tool> find(String name) {
        return ToolPath.ofEnvironment().find(name).map(Tool::of);
    }

    /**
     * Returns PostgreSQL's program {@code name}.
     *
     * @throws PostgresException if this machine has none
     */
    public static Tool require(String name) {
        return find(name)
                .orElseThrow(() -> new PostgresException(name + ": not found (expected: in "
                        + ToolPath.ofEnvironment().directories() + ")"));
    }

    /** Returns the program at {@code program}. */
    public static Tool of(Path program) {
        return new Tool(program, Map.of());
    }

    /** Returns a copy with one more environment variable. */
    public Tool withEnvironment(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Tool(program, more);
    }

    /**
     * Runs the program to its end.
     *
     * @throws PostgresException if it has not ended after {@code timeout}; it is then killed
     */
    public Result run(Duration timeout, String... arguments) {
        try (Running running = start(arguments)) {
            return running.await(timeout);
        }
    }

    /** Starts the program in the background. */
    public Running start(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = Commands.builder(command);
        builder.environment().putAll(environment);
        try {
            Path output = Files.createTempDirectory("walcast-tool");
            Path stdout = output.resolve("stdout");
            Path stderr = output.resolve("stderr");
            Process process = builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile())
                    .start();
            return new Running(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a program left.
     *
     * @param exitCode the exit code; 128 and the signal's number if a signal ended it
     * @param stdout what it wrote to its standard output
     * @param stderr what it wrote to its standard error
     */
    public record Result(int exitCode, String stdout, String stderr) {
        /**
         * Returns this.
         *
         * @throws PostgresException with what the program wrote, if the exit code is not 0
         */
        public Result requireSuccess() {
            if (exitCode != 0) {
                throw new PostgresException("exit code %d\n%s%s".formatted(exitCode, stdout, stderr));
            }
            return this;
        }
    }

    /** A program that was started, and perhaps has ended. Closing it kills it. May be used from any thread. */
    public static final class Running implements AutoCloseable {
        private final Process process;
        private final Path output;

        private Running(Process process, Path output) {
            this.process = process;
            this.output = output;
        }

        /** Returns the process id. */
        public long pid() {
            return process.pid();
        }

        /** Returns whether it has not ended. */
        public boolean isRunning() {
            return process.isAlive();
        }

        /** Sends SIGINT. */
        public void interrupt() {
            Commands.signal(pid(), "INT");
        }

        /** Sends SIGTERM. */
        public void terminate() {
            Commands.signal(pid(), "TERM");
        }

        /** Sends SIGKILL and waits for the end. */
        public void kill() {
            process.destroyForcibly();
            boolean interrupted = false;
            while (process.isAlive()) { // not by onExit: that needs a thread of the common pool, which a test may block
                try {
                    process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** Sends the signal {@code name}, without SIG: STOP, CONT, HUP. */
        public void signal(String name) {
            Commands.signal(pid(), name);
        }

        /** Returns what it has written to its standard output. */
        public String stdout() {
            return read("stdout");
        }

        /** Returns what it has written to its standard error. */
        public String stderr() {
            return read("stderr");
        }

        /**
         * Waits for the end.
         *
         * @throws PostgresException with what it wrote, if it has not ended after {@code timeout}
         */
        public Result await(Duration timeout) {
            try {
                if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new PostgresException("program still runs after " + timeout + "\n" + stdout() + stderr());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PostgresException("interrupted while waiting for a program", e);
            }
            return new Result(process.exitValue(), stdout(), stderr());
        }

        @Override
        public void close() {
            kill();
            try {
                FileTree.delete(output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String read(String name) {
            try {
                return new String(Files.readAllBytes(output.resolve(name)), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
