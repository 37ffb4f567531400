// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.error.StorageException;
import io.walcast.postmaster.status.StatusFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusWriterTest {
    @TempDir
    private Path home;

    /** A directory that cannot be listed for a moment is no reason never to write the file again. */
    @Test
    void goesOnAfterTheDiskHasFailedOnce() {
        AtomicInteger turns = new AtomicInteger();
        try (StatusWriter writer = new StatusWriter(new StatusFile(home), () -> {
            if (turns.incrementAndGet() == 1) {
                throw new StorageException("could not read directory", null);
            }
            return Map.of("state", "running");
        })) {
            await().until(() -> turns.get() >= 1);
            writer.wake();
            await().untilAsserted(() ->
                    assertThat(home.resolve("status.json")).content().contains("running"));
        }
        assertThat(Files.exists(home.resolve("status.json"))).isFalse();
    }
}
