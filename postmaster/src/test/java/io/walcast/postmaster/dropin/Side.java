// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationConversation;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.net.StandbyStatus;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.Tool.Running;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One of the two programs in one scenario: with a directory of its own and a proxy that sees what it says to the server. Closing
 * it ends the proxy.
 */
final class Side implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Tool tool;
    private final PostgresServer server;
    private final Path home;
    private final Path directory;
    private final ReplicationTap tap = new ReplicationTap();
    private final MisbehavingProxy proxy;
    private final Places places;
    private final StringBuilder transcript = new StringBuilder();

    /** Prepares {@code tool}, which shall meet {@code server}; its files go below {@code home}. */
    Side(Tool tool, PostgresServer server, Path home) {
        this.tool = tool;
        this.server = server;
        this.home = home;
        directory = home.resolve("wal");
        proxy = MisbehavingProxy.to(server.port(), tap);
        places = new Places(server.segmentSize().segmentNumber(server.flushLsn()), server.segmentSize(), home);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PostgresServer server() {
        return server;
    }

    Path home() {
        return home;
    }

    Path directory() {
        return directory;
    }

    /** Returns where the server was when this began. */
    Places places() {
        return places;
    }

    /** Returns how the program reaches the server, with the keywords of {@code extra}. */
    String conninfo(String extra) {
        return "host=127.0.0.1 port=" + proxy.port() + " user=" + PostgresServer.USER + " " + extra;
    }

    /** Starts the program on its directory and server. */
    Running start(String... options) {
        return tool.start(Stream.concat(
                        Stream.of("-D", directory.toString(), "-d", conninfo("sslmode=disable")), Stream.of(options))
                .toArray(String[]::new));
    }

    /** Runs the program on its directory and server to its end, which goes into the transcript. */
    void run(String... options) {
        try (Running running = start(options)) {
            ended(running);
        }
    }

    /** Runs the program with nothing but these arguments and environment variables ({@code NAME=value}). */
    void runOnly(List<String> environment, String... arguments) {
        Tool with = tool;
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            with = with.withEnvironment(variable.substring(0, equals), variable.substring(equals + 1));
        }
        record(with.run(TIMEOUT, arguments));
    }

    /** Runs the program without the privileges of root, if it would have them: permissions count then. */
    void runUnprivileged(String... options) {
        List<String> words = new ArrayList<>(List.of(
                "--bounding-set=-all", "--inh-caps=-all", tool.program().toString(), "-D", directory.toString()));
        words.addAll(List.of("-d", conninfo("sslmode=disable")));
        words.addAll(List.of(options));
        boolean root = "root".equals(System.getProperty("user.name"));
        Tool program = root ? new Tool(Path.of("/usr/bin/setpriv"), tool.environment()) : tool;
        record(program.run(TIMEOUT, words.subList(root ? 0 : 3, words.size()).toArray(String[]::new)));
    }

    /** Sends SIGINT to the program, whose end goes into the transcript. */
    void interrupt(Running running) {
        running.interrupt();
        ended(running);
    }

    /** The end of the program goes into the transcript. */
    void ended(Running running) {
        record(running.await(TIMEOUT));
    }

    private void record(Result result) {
        transcript.append("exit code ").append(result.exitCode()).append('\n');
        result.stdout()
                .lines()
                .forEach(line ->
                        transcript.append("stdout ").append(places.in(line)).append('\n'));
        result.stderr()
                .lines()
                .forEach(line ->
                        transcript.append("stderr ").append(places.in(line)).append('\n'));
    }

    /** Waits until the program has said {@code text}. */
    void awaitMessage(Running running, String text) {
        WalcastProgram.awaitMessage(running, text);
    }

    /** Waits until everything that the server has flushed by now is in the files of the program. */
    Lsn catchUp() {
        Lsn end = server.flushLsn();
        await().atMost(TIMEOUT).ignoreException(UncheckedIOException.class).untilAsserted(() -> {
            WalFiles.Comparison comparison = WalFiles.compare(directory, server, end);
            assertThat(comparison.differences()).isEmpty();
            assertThat(comparison.segments()).isPositive();
        });
        return end;
    }

    /** Waits until the program has reported everything before {@code lsn} as flushed. */
    void awaitFlush(Lsn lsn) {
        assertThat(tap.awaitFlush(lsn, TIMEOUT)).as("flush of %s", lsn).isTrue();
    }

    /** Adds what was said to the server, and returns all. */
    String transcript() {
        for (ReplicationConversation each : tap.conversations()) {
            transcript
                    .append("startup ")
                    .append(new TreeMap<>(each.parameters()))
                    .append('\n');
            each.queries()
                    .forEach(query ->
                            transcript.append("query ").append(places.in(query)).append('\n'));
            if (!each.statuses().isEmpty()) {
                statuses(each.statuses());
            }
            each.errors()
                    .forEach(error ->
                            transcript.append("error ").append(places.in(error)).append('\n'));
        }
        files();
        return transcript.toString();
    }

    private void statuses(List<StandbyStatus> statuses) {
        StandbyStatus first = statuses.get(0);
        boolean moves = statuses.stream().anyMatch(status -> !status.flush().equals(first.flush()));
        TreeSet<String> others = new TreeSet<>();
        statuses.forEach(
                status -> others.add("apply " + places.of(status.apply()) + (status.replyRequested() ? ", asks" : "")));
        transcript.append("statuses: first write %s flush %s, %s; %s\n"
                .formatted(
                        places.of(first.write()),
                        places.of(first.flush()),
                        moves ? "later others" : "never another flush",
                        others));
    }

    private void files() {
        try (Stream<Path> all = Files.list(directory)) {
            all.filter(Files::isRegularFile).map(this::described).sorted().forEach(transcript::append);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String described(Path file) {
        try {
            return "file %s: %d bytes, %s\n"
                    .formatted(
                            places.in(file.getFileName().toString()),
                            Files.size(file),
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        proxy.close();
    }
}
