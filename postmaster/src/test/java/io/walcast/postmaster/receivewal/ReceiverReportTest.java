// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvState;
import io.walcast.transport.SenderInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReceiverReportTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final SenderInfo SERVER =
            new SenderInfo("db1", 5432, 180006, 7, Map.of("server_version", "18.6"), null);

    private final WalRcvShared shared = new WalRcvShared();
    private final ReceiverReport report = new ReceiverReport(
            shared, ReceiveWalOptions.parse("walcast", List.of("-D", "wal", "-S", "archive", "--synchronous")));

    @Test
    void knowsLittleAtTheStart() {
        Map<String, Object> current = report.current(0);

        assertThat(current)
                .contains(entry("state", "starting"), entry("directory", "wal"), entry("slot", "archive"))
                .containsEntry("pid", ProcessHandle.current().pid());
        assertThat(current)
                .extractingByKeys("connected_since", "timeline", "segment", "written_lsn", "last_error", "exit_code")
                .containsOnlyNulls();
        assertThat(current.get("counters"))
                .isEqualTo(Map.of("bytes", 0L, "syncs", 0L, "segments", 0L, "reconnects", 0L));
    }

    @Test
    void tellsPositionsAndLagOfWhatIsDurable() {
        stream();
        shared.received(Lsn.parse("0/2000500"), new PgTimestamp(1), new PgTimestamp(1));
        shared.receivedWal(Lsn.parse("0/2000400"), 0x400);
        shared.written(Lsn.parse("0/2000300"));
        shared.flushed(Lsn.parse("0/2000200"), TimelineId.FIRST);
        report.synced();
        report.sample(SECOND_NS);

        Map<String, Object> current = report.current(3 * SECOND_NS);

        assertThat(current)
                .contains(
                        entry("state", "streaming"),
                        entry("server_host", "db1"),
                        entry("server_port", 5432),
                        entry("server_version", "18.6"),
                        entry("timeline", 1L),
                        entry("received_lsn", Lsn.parse("0/2000400")),
                        entry("written_lsn", Lsn.parse("0/2000300")),
                        entry("flushed_lsn", Lsn.parse("0/2000200")),
                        entry("server_lsn", Lsn.parse("0/2000500")),
                        entry("lag_bytes", 0x300L),
                        entry("lag_seconds", 2.0));
        assertThat(current.get("connected_since")).isInstanceOf(Instant.class);
        assertThat(current.get("counters"))
                .isEqualTo(Map.of("bytes", 0x400L, "syncs", 1L, "segments", 0L, "reconnects", 0L));
    }

    @Test
    void keepsTheLastErrorBetweenSessions() {
        stream();
        report.failed(new ConnectionException("gone", null), "could not receive data: gone");
        report.disconnected();
        shared.moveTo(WalRcvState.STOPPING);
        shared.moveTo(WalRcvState.STOPPED);

        Map<String, Object> current = report.current(0);

        assertThat(current).contains(entry("state", "disconnected"));
        assertThat(current).extractingByKeys("connected_since", "lag_bytes").containsOnlyNulls();
        assertThat(String.valueOf(current.get("last_error")))
                .contains("sqlstate=08006", "message=could not receive data: gone");
        stream();
        assertThat(String.valueOf(report.current(0).get("counters"))).contains("reconnects=1");
    }

    @Test
    void tellsTheExitCodeAtTheEnd() {
        report.ended(75);

        assertThat(report.current(0)).contains(entry("state", "stopped"), entry("exit_code", 75));
    }

    @Test
    void isDocumentedFieldByField() throws IOException {
        Path root = Path.of(requireNonNull(System.getProperty("walcast.root")));
        String text = Files.readString(root.resolve("docs/receivewal.md"));
        String section = text.substring(text.indexOf("## The status file"), text.indexOf("## Exit codes"));
        List<String> documented = new ArrayList<>();
        section.lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            Matcher name = Pattern.compile("`([a-z_]+)`").matcher(line.substring(0, line.indexOf(" | ")));
            while (name.find()) {
                documented.add(name.group(1));
            }
        });

        assertThat(documented).containsExactlyElementsOf(report.current(0).keySet());
    }

    private void stream() {
        shared.moveTo(WalRcvState.STARTING);
        shared.moveTo(WalRcvState.CONNECTING);
        report.connected(SERVER);
        shared.startsAt(TimelineId.FIRST, Lsn.parse("0/2000000"), Lsn.parse("0/2000000"), null);
        report.streaming(TimelineId.FIRST);
        shared.moveTo(WalRcvState.STREAMING);
    }
}
