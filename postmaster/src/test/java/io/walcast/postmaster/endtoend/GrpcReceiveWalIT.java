// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code walcast receivewal} with a {@code grpc://} or {@code grpcs://} address: what it does, says and ends with. */
@Timeout(90)
class GrpcReceiveWalIT {
    private static final String PASSWORD = "bearer of a secret";
    private static final String TOKEN_USER = "tokens";

    @TempDir
    private static Path root;

    private static PostgresServer primary;
    private static GrpcHop hop;
    private static ServingProgram relay;

    @BeforeAll
    static void serve() throws IOException {
        hop = new GrpcHop(root.resolve("certificates"));
        Path home = root.resolve("relay");
        Relayed.initialize(home);
        hop.admit(home);
        Path password = Files.writeString(root.resolve("password"), PASSWORD + "\n");
        WalcastProgram.walcast()
                .run(PATIENCE, "adduser", "-D", home.toString(), TOKEN_USER, "--password-file", password.toString())
                .requireSuccess();
        GrpcHop.prependRule(home, "host replication " + TOKEN_USER + " 127.0.0.1/32 scram-sha-256");
        primary = PostgresServer.start(Options.of(15).withWalSegmentSizeMb(1));
        relay = ServingProgram.relay(
                home,
                primary.conninfo("application_name=" + Relayed.RELAY),
                "--serve",
                "grpcs://127.0.0.1:0?client_certificate=optional",
                "--serve",
                "grpc://127.0.0.1:0");
        Relayed.awaitRelay(primary);
        Lsn end = WrittenWal.of(primary, 3_000_000);
        primary.await(
                "SELECT flush_lsn >= '" + end + "' FROM pg_stat_replication WHERE application_name = '" + Relayed.RELAY
                        + "'",
                PATIENCE);
    }

    @AfterAll
    static void close() {
        relay.close();
        primary.close();
    }

    @Test
    void createsAndDropsSlots() {
        String conninfo = hop.conninfo(relay.port("grpcs"));
        assertThat(receivewal("--create-slot", "-S", "by_hand", "-d", conninfo).exitCode())
                .isZero();
        assertThat(receivewal("--create-slot", "-S", "by_hand", "--if-not-exists", "-d", conninfo)
                        .exitCode())
                .isZero();
        assertEnd(
                receivewal("--create-slot", "-S", "by_hand", "-d", conninfo),
                78,
                "could not send replication command \"CREATE_REPLICATION_SLOT \"by_hand\" PHYSICAL\": ERROR:  "
                        + "replication slot \"by_hand\" already exists");
        assertThat(receivewal("--drop-slot", "-S", "by_hand", "-d", conninfo).exitCode())
                .isZero();
        assertEnd(
                receivewal("--drop-slot", "-S", "by_hand", "-d", conninfo),
                78,
                "could not send replication command \"DROP_REPLICATION_SLOT \"by_hand\"\": ERROR:  "
                        + "replication slot \"by_hand\" does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "gzip:level=1", "zstd", "zstd:level=9"})
    void leavesTheSameFilesAsByLibpqHoweverItIsCompressed(String compression) throws IOException {
        Path byLibpq = Files.createDirectories(root.resolve("libpq-" + compression.replace(':', '-')));
        Path byGrpc = Files.createDirectories(root.resolve("grpc-" + compression.replace(':', '-')));
        Lsn end = WrittenWal.of(primary, 2_500_000);
        for (Path directory : List.of(byLibpq, byGrpc)) {
            String conninfo = directory.equals(byLibpq)
                    ? relay.conninfo()
                    : hop.conninfo(relay.port("grpcs"), "compression=" + compression);
            primary.await("SELECT flush_lsn >= '" + end + "' FROM pg_stat_replication", PATIENCE);
            Files.copy(firstSegment(), directory.resolve(firstSegment().getFileName()));
            Result result = receivewal(
                    "-D",
                    directory.toString(),
                    "--synchronous",
                    "-n",
                    "-v",
                    "--endpos",
                    end.toString(),
                    "-d",
                    conninfo);
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(result.stderr()).contains("stopped log streaming at ");
        }

        Receiving.requireSame(byGrpc, primary, end);
        assertThat(heads(byGrpc)).isEqualTo(heads(byLibpq)).hasSizeGreaterThan(2);
    }

    /** The oldest that the relay has; with it in its directory a receiver begins there. */
    private static Path firstSegment() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("relay/pg_wal"))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The finished segments; the unfinished one ends with what came after the end position. */
    private static List<String> heads(Path directory) {
        Snapshot snapshot = Snapshot.of(directory);
        List<String> heads = new ArrayList<>();
        snapshot.files().forEach((name, content) -> {
            if (!name.endsWith(".partial")) {
                heads.add(name + " " + content);
            }
        });
        return heads;
    }

    @Test
    void asksForAPasswordWhereACertificateDoesNotDo() {
        String conninfo = withUser(hop.withoutCertificate(relay.port("grpcs")));
        assertEnd(
                receivewal("-D", root.toString(), "-n", "-w", "-d", conninfo),
                77,
                "FATAL:  password authentication failed for user \"tokens\"");
        assertThat(withInput(PASSWORD, "--create-slot", "-S", "asked", "-d", conninfo)
                        .stderr())
                .contains("Password: ")
                .doesNotContain("error");
        assertThat(withInput(PASSWORD, "--drop-slot", "-S", "asked", "-W", "-d", conninfo)
                        .exitCode())
                .isZero();
        assertEnd(
                withInput("wrong", "--drop-slot", "-S", "asked", "-W", "-d", conninfo),
                77,
                "FATAL:  password authentication failed for user \"tokens\"");
    }

    private static String withUser(String conninfo) {
        return conninfo.replace("://", "://" + TOKEN_USER + "@");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grpcs://127.0.0.1:1                 | 75 | connection to server at \"127.0.0.1\", port 1 failed: Connection refused",
                "grpcs://no.such.host.invalid        | 75 | could not translate host name",
                "grpc://192.0.2.1                    | 64 | is not reached without encryption",
                "grpc://127.0.0.1?foo=1              | 64 | invalid URI query parameter: \"foo\"",
                "grpcs://127.0.0.1?compression=lz4   | 64 | compression",
                "grpcs://127.0.0.1?sslrootcert=/none | 64 | /none",
                "pigeon://127.0.0.1                  | 64 | pigeon",
            })
    void saysWhatIsWrongWithAnAddress(String address, int exitCode, String reason) {
        assertEnd(receivewal("-D", root.toString(), "-n", "-d", address), exitCode, reason);
    }

    @Test
    void trustsNobodyItDoesNotKnow() {
        assertEnd(
                receivewal("-D", root.toString(), "-n", "-d", "grpcs://127.0.0.1:" + relay.port("grpcs")),
                75,
                "unable to find valid certification path to requested target");
        assertEnd(
                receivewal("-D", root.toString(), "-n", "-d", hop.conninfo(relay.port("grpc"))),
                75,
                "server does not speak TLS here");
    }

    @Test
    void isNotCombinedWithSingleOptions() {
        assertEnd(
                receivewal("-D", root.toString(), "-h", "other", "-d", "grpcs://127.0.0.1"),
                64,
                "cannot be combined with single options");
    }

    @Test
    void saysWhichParameterOfAListenerIsWrong() {
        Path home = root.resolve("other");
        Relayed.initialize(home);
        for (String address : List.of("grpc://127.0.0.1:0?typo=1", "127.0.0.1:0?window=1MB")) {
            assertEnd(
                    receivewal("-D", home.toString(), "--serve", address, "-d", primary.conninfo("")),
                    64,
                    address.contains("typo") ? "typo" : "window");
        }
    }

    private static Result receivewal(String... arguments) {
        List<String> words = new ArrayList<>(List.of("receivewal"));
        words.addAll(List.of(arguments));
        return WalcastProgram.walcast().run(PATIENCE, words.toArray(String[]::new));
    }

    /** Has a shell type {@code input} and a line end. */
    private static Result withInput(String input, String... arguments) {
        Tool walcast = WalcastProgram.walcast();
        List<String> words = new ArrayList<>(List.of("-c", "printf '%s\\n' \"$0\" | \"$@\"", input));
        words.addAll(List.of(walcast.program().toString(), "receivewal"));
        words.addAll(List.of(arguments));
        return new Tool(Path.of("/bin/sh"), walcast.environment()).run(PATIENCE, words.toArray(String[]::new));
    }

    /** The reason is all that is said: no trace of what is below. */
    private static void assertEnd(Result result, int exitCode, String reason) {
        assertThat(result.stderr()).contains(reason).doesNotContain("\tat ", "java.", "io.grpc");
        assertThat(result.exitCode()).as(result.stderr()).isEqualTo(exitCode);
    }
}
