// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code walcast} process that serves a directory on a free port of 127.0.0.1, to whoever comes as {@code postgres}. */
public final class ServingProgram implements AutoCloseable {
    /** How long to wait for anything. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String LISTENING = "listening on IPv4 address \"127\\.0\\.0\\.1\", port (\\d+)";
    private static final Pattern PORT = Pattern.compile("(?m)" + LISTENING + " *$");

    private final Tool.Running running;
    private final Path directory;

    private ServingProgram(Tool.Running running, Path directory) {
        this.running = running;
        this.directory = directory;
    }

    /** Makes the home of {@code directory}; a {@code walcast.conf} in it gives a node's layout. */
    public static void initialize(Path directory, boolean bare, String... settings) {
        NodeDirectory node = bare ? NodeDirectory.bare(directory) : NodeDirectory.laidOut(directory);
        try {
            Files.createDirectories(node.home());
            Files.createDirectories(node.wal());
            write(node.home().resolve("walcast.conf"), String.join("\n", settings));
            write(node.home().resolve("users"), PostgresServer.USER + " - replication\n");
            write(node.home().resolve("pg_hba.conf"), "host replication all 127.0.0.1/32 trust\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file that is its owner's alone. */
    public static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code walcast serve}. */
    public static ServingProgram serve(Path directory, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("serve", "-D", directory.toString(), "--listen", "127.0.0.1:0"));
        arguments.addAll(List.of(options));
        return new ServingProgram(WalcastProgram.walcast().start(arguments.toArray(String[]::new)), directory);
    }

    /** Starts {@code walcast receivewal --serve} with {@code conninfo} as its server. */
    public static ServingProgram relay(Path directory, String conninfo, String... options) {
        return relay(directory, 0, conninfo, options);
    }

    /** Starts the same on a port that is known. */
    public static ServingProgram relay(Path directory, int port, String conninfo, String... options) {
        return relay(WalcastProgram.walcast(), directory, port, conninfo, options);
    }

    /** Starts the same with {@code program}, which may have an environment of its own. */
    public static ServingProgram relay(Tool program, Path directory, int port, String conninfo, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "receivewal", "-D", directory.toString(), "--serve", "127.0.0.1:" + port, "-d", conninfo, "-v"));
        arguments.addAll(List.of(options));
        return new ServingProgram(program.start(arguments.toArray(String[]::new)), directory);
    }

    /** Returns the process. */
    public Tool.Running running() {
        return running;
    }

    /** Waits until it listens, and returns the port. */
    public int port() {
        return port(PORT);
    }

    /** Waits until it listens for {@code scheme}, a transport other than libpq, and returns that port. */
    public int port(String scheme) {
        return port(Pattern.compile(LISTENING + " \\(" + scheme + "\\)"));
    }

    private int port(Pattern said) {
        await().atMost(PATIENCE)
                .failFast(
                        "the program has ended",
                        () -> assertThat(running.isRunning())
                                .as(running.stderr())
                                .isTrue())
                .untilAsserted(() -> assertThat(running.stderr()).containsPattern(said));
        Matcher matcher = said.matcher(running.stderr());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    /** Returns how to reach it. */
    public String conninfo() {
        return "host=127.0.0.1 port=" + port() + " user=" + PostgresServer.USER;
    }

    /** Returns what {@code walcast status} says. */
    public Result status(String... options) {
        List<String> arguments = new ArrayList<>(List.of("status", "-D", directory.toString()));
        arguments.addAll(List.of(options));
        return WalcastProgram.walcast().run(PATIENCE, arguments.toArray(String[]::new));
    }

    /** Asks it to stop, and returns how it ended. */
    public Result stop() {
        running.terminate();
        return running.await(PATIENCE);
    }

    @Override
    public void close() {
        running.close();
    }
}
