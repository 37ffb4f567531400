// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(150)
class QuickstartIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int SIGINT_EXIT_CODE = 130;

    @TempDir
    private Path temporary;

    @Test
    void showsAReceiverThatLosesNothing() throws IOException {
        assertThat(tour("quickstart")).contains("pg_stat_replication (1 row)");
    }

    @Test
    void showsTwoRelaysWithGrpcBetweenThem() throws IOException {
        assertThat(tour("quickstart", "--transport", "grpc"))
                .contains("pg_stat_replication (1 row)", "(grpc)", "far", "Stop both");
    }

    /** Takes the tour to its end and returns what it said. */
    private String tour(String... arguments) throws IOException {
        Descendants descendants = new Descendants();
        Result result;
        try (Tool.Running tour = walcast().start(arguments)) {
            await().atMost(TIMEOUT).until(() -> descendants.addThoseOf(tour) && !tour.isRunning());
            result = tour.await(TIMEOUT);
        }

        assertThat(result.stderr()).doesNotContain("error").contains("lag ");
        assertThat(result.stdout())
                .contains("PostgreSQL 18", "commits wait: none", "equal, byte by byte", "exit code 0", "nothing lost")
                .contains("100000 rows", "are on the standby");
        assertThat(result.exitCode()).isZero();
        assertThat(left()).isEmpty();
        descendants.requireServerAndReceiverWereSeen();
        descendants.requireNoneLeft();
        return result.stdout();
    }

    @Test
    void leavesNothingWhenItIsInterrupted() throws IOException {
        Descendants descendants = new Descendants();
        try (Tool.Running tour = walcast().start("quickstart")) {
            await().atMost(TIMEOUT)
                    .until(() -> descendants.addThoseOf(tour) && tour.stderr().contains("lag "));
            tour.interrupt();
            await().atMost(TIMEOUT).until(() -> descendants.addThoseOf(tour) && !tour.isRunning());

            assertThat(tour.await(TIMEOUT).exitCode()).isEqualTo(SIGINT_EXIT_CODE);
        }

        assertThat(left()).isEmpty();
        descendants.requireServerAndReceiverWereSeen();
        descendants.requireNoneLeft();
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        Result result = walcast().run(TIMEOUT, "quickstart", "--fast");

        assertThat(result.exitCode()).isEqualTo(64);
        assertThat(result.stderr()).contains("--fast");
        Result other = walcast().run(TIMEOUT, "quickstart", "--transport=pigeon");
        assertThat(other.exitCode()).isEqualTo(64);
        assertThat(other.stderr()).contains("unknown transport \"pigeon\" (expected: libpq or grpc)");
    }

    @Test
    void explainsItself() {
        Result result = walcast().run(TIMEOUT, "quickstart", "--help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.stdout()).contains("--keep", "--transport NAME");
        assertThat(result.stderr()).isEmpty();
    }

    private Tool walcast() {
        Path root = Path.of(requireNonNull(System.getProperty("walcast.root")));
        return Tool.of(root.resolve("postmaster/target/walcast/bin/walcast"))
                .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
                .withEnvironment("WALCAST_CLASSPATH", root.resolve("quickstart/target/lib") + "/*")
                .withEnvironment("WALCAST_OPTS", "-Djava.io.tmpdir=" + temporary);
    }

    /** Returns what lies in the temporary directory, but for the unpacked PostgreSQL that the next run uses again. */
    private List<String> left() throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("walcast-quickstart") || name.startsWith("wc"))
                    .toList();
        }
    }
}
