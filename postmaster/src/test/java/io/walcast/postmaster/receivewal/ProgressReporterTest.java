// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.ipc.WalRcvShared;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressReporterTest {
    private final StringWriter err = new StringWriter();
    private final Messages messages = new Messages(new PrintWriter(err), "walcast receivewal");

    @Test
    void leavesTheLastLineOnTheTerminal() {
        try (ProgressReporter progress = new ProgressReporter(new WalRcvShared(), messages, true, true)) {
            progress.segmentFinished(Lsn.parse("0/1000000"));
            await().atMost(Duration.ofSeconds(10)).until(() -> !err.toString().isEmpty());
        }

        assertThat(err.toString()).startsWith("stopped").endsWith("stopped" + System.lineSeparator());
    }

    @Test
    void writesALineForEachSegmentElsewhere() {
        try (ProgressReporter progress = new ProgressReporter(new WalRcvShared(), messages, false, true)) {
            progress.segmentFinished(Lsn.parse("0/1000000"));
            await().atMost(Duration.ofSeconds(10)).until(() -> !err.toString().isEmpty());
        }

        assertThat(err.toString()).isEqualTo("walcast receivewal: stopped" + System.lineSeparator());
    }
}
