// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.Tool.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The template of a transport leaves home: it is built elsewhere, put among the plugins, and moves WAL. */
@Timeout(900)
class TransportTemplateIT {
    private static final String GROUP = "transport template outside of the build";
    private static final Duration BUILD_TIME = Duration.ofMinutes(12);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern NO_NETWORK = Pattern.compile(
            "Could not transfer|Unknown host|Connection refused|Network is unreachable|offline mode|No route to host");
    private static final Pattern PORT = Pattern.compile("address \"127\\.0\\.0\\.1\", port (\\d+) \\(plain\\)");
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");
    private static final int SEGMENTS = 3;

    @TempDir
    private Path folder;

    @Test
    void isBuiltOutsideOfTheBuildAndMovesWalAsAPlugin() throws IOException {
        CopiedDistribution distribution = CopiedDistribution.to(folder.resolve("walcast"));

        Path jar = build();
        Files.copy(jar, distribution.plugins().resolve(requireNonNull(jar.getFileName())));

        Result listed = distribution.program().run(PATIENCE, "transports");
        assertThat(listed.stderr()).isEmpty();
        assertThat(listed.stdout())
                .containsPattern("plain +API version 1 +receives, serves +\\S*plain-transport-\\S+\\.jar\n");
        movesWal(distribution.program());
    }

    /** Builds and proves a copy, with nothing of ours but the artifacts. */
    private Path build() throws IOException {
        Path template = folder.resolve("template");
        copy(CopiedDistribution.root().resolve("transport-template/src"), template.resolve("src"));
        copy(CopiedDistribution.root().resolve("transport-template/pom.xml"), template.resolve("pom.xml"));
        Path repository = folder.resolve("repository");
        for (String module : List.of("", "wal-core", "testkit")) {
            install(module, repository);
        }

        Result built = Tool.of(CopiedDistribution.root().resolve("mvnw"))
                .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
                .run(
                        BUILD_TIME,
                        "--batch-mode",
                        "--no-transfer-progress",
                        "--file=" + template.resolve("pom.xml"),
                        "-Dmaven.repo.local=" + repository,
                        "-Dmaven.repo.local.tail=" + System.getProperty("localRepository"),
                        "verify");
        if (built.exitCode() != 0 && NO_NETWORK.matcher(built.stdout()).find()) {
            MissingGroups.ofBuild().leaveOut(GROUP, "Maven needs what is not in its local repository, and no network");
        }
        assertThat(built.exitCode()).as(built.stdout()).isZero();
        assertThat(built.stdout()).contains("PlainReceiverContractIT", "PlainSenderContractIT");
        try (Stream<Path> files = Files.list(template.resolve("target"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(requireNonNull(copy.getParent()));
                if (Files.isRegularFile(file)) {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** Puts a module that was packaged where Maven would install it: the user's own repository is only read. */
    private static void install(String module, Path repository) throws IOException {
        Path home = CopiedDistribution.root().resolve(module);
        String name = module.isEmpty() ? "walcast" : module;
        String version = version();
        Path installed = Files.createDirectories(repository.resolve("io/walcast/" + name + "/" + version));
        String file = name + "-" + version;
        Files.copy(home.resolve("pom.xml"), installed.resolve(file + ".pom"));
        if (!module.isEmpty()) {
            Files.copy(home.resolve("target/" + file + ".jar"), installed.resolve(file + ".jar"));
        }
    }

    private static String version() throws IOException {
        String pom = Files.readString(CopiedDistribution.root().resolve("pom.xml"));
        Matcher version = Pattern.compile("<artifactId>walcast</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(pom);
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private void movesWal(Tool walcast) throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        ServingProgram.initialize(first, true);
        try (PostgresServer primary = PostgresServer.start(Options.of(15));
                Running server = walcast.start("serve", "-D", first.toString(), "--listen", "plain://127.0.0.1:0");
                Running receiver = walcast.start("receivewal", "-D", first.toString(), "-d", primary.conninfo(""))) {
            String conninfo = "plain://postgres@127.0.0.1:" + port(server);
            Result early = walcast.run(PATIENCE, "receivewal", "-n", "-D", second.toString(), "-d", conninfo);
            assertThat(early.stderr()).contains("the database system is starting up");
            primary.execute("CREATE TABLE t (n int)");
            primary.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'", PATIENCE);
            fillSegment(primary);
            awaitSegments(first, 1, receiver);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(walcast.run(PATIENCE, "status", "-D", first.toString())
                                    .stdout())
                            .contains("WAL up to"));
            try (Running relayed = walcast.start("receivewal", "-v", "-D", second.toString(), "-d", conninfo)) {
                WalcastProgram.awaitMessage(relayed, "starting log streaming");
                for (int i = 0; i < SEGMENTS; i++) {
                    fillSegment(primary);
                }
                awaitSegments(second, SEGMENTS - 1, relayed);
                for (Path segment : segments(second)) {
                    Path original = primary.walDirectory().resolve(requireNonNull(segment.getFileName()));
                    assertThat(segment).hasSameBinaryContentAs(original);
                }
                relayed.terminate();
                assertThat(relayed.await(PATIENCE).exitCode())
                        .as(relayed.stderr())
                        .isZero();
                server.terminate();
                assertThat(server.await(PATIENCE).exitCode())
                        .as(server.stderr())
                        .isZero();
            }
        }
    }

    private static void fillSegment(PostgresServer primary) {
        primary.execute("INSERT INTO t SELECT generate_series(1, 20000)");
        primary.execute("SELECT pg_switch_wal()");
    }

    private static int port(Running server) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.stderr()).containsPattern(PORT));
        Matcher port = PORT.matcher(server.stderr());
        assertThat(port.find()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    private static void awaitSegments(Path directory, int atLeast, Running receiver) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(segments(directory)).as(receiver.stderr()).hasSizeGreaterThanOrEqualTo(atLeast));
    }

    private static List<Path> segments(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file ->
                            SEGMENT.matcher(String.valueOf(file.getFileName())).matches())
                    .sorted()
                    .toList();
        }
    }
}
