// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Running;
import java.nio.file.Path;
import java.time.Duration;

/** The real program: {@code bin/walcast} of the distribution that the build has just made. */
public final class WalcastProgram {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private WalcastProgram() {}

    /** Returns the program under its own name. */
    public static Tool walcast() {
        Path root = Path.of(requireNonNull(System.getProperty("walcast.root")));
        return Tool.of(root.resolve("postmaster/target/walcast/bin/walcast"))
                .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
                .withEnvironment("WALCAST_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m");
    }

    /** Returns the program under the name {@code pg_receivewal}. */
    public static Tool pgReceivewal() {
        return walcast().withEnvironment("WALCAST_ARGV0", "pg_receivewal");
    }

    /** Waits until {@code running} has written {@code text} to its standard error. */
    public static void awaitMessage(Running running, String text) {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            String stderr = running.stderr();
            assertThat(stderr).contains(text);
        });
    }
}
