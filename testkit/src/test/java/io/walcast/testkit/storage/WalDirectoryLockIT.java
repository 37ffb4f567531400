// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.RefusedException;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer for each directory, across processes. */
class WalDirectoryLockIT {
    @TempDir
    private Path directory;

    @Test
    void refusesWhileAnotherProcessHasItAndNotAfterThatWasKilled() throws Exception {
        Process holder = start();
        try (BufferedReader output = holder.inputReader(UTF_8)) {
            assertThat(output.readLine()).isEqualTo("open: " + directory);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(this::open)
                        .isInstanceOf(RefusedException.class)
                        .hasMessage("directory \"%s\" is in use by another receiver (PID %d)", directory, holder.pid());
            }
            holder.destroyForcibly();
            assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
            open().close();
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void keepsAnotherProcessOutEvenAfterRefusingOneInThisOne() throws Exception {
        try (WalDirectory ours = open()) {
            assertThatThrownBy(this::open).isInstanceOf(RefusedException.class);
            assertThat(ours.path()).isEqualTo(directory);

            Process other = start();
            try (BufferedReader output = other.inputReader(UTF_8)) {
                assertThat(output.readLine()).isNull();
                assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(other.exitValue()).isNotZero();
            } finally {
                other.destroyForcibly();
            }
        }
    }

    private WalDirectory open() {
        return WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS);
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
