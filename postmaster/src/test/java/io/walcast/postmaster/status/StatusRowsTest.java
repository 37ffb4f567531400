// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.ipc.ReplicationSlotRow;
import io.walcast.ipc.ReplicationSlotRow.WalStatus;
import io.walcast.ipc.StatReplicationRow;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusRowsTest {
    private static final PgTimestamp NOON = PgTimestamp.of(Instant.parse("2026-01-02T12:00:00Z"));

    @Test
    void printsAWalSenderAsPostgresqlDoes() {
        Map<String, @Nullable Object> row = StatusRows.of(new StatReplicationRow(
                7,
                "rep",
                "standby",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711),
                NOON,
                -1,
                "streaming",
                Lsn.parse("0/5000000"),
                Lsn.parse("0/4000000"),
                null,
                null,
                Duration.ofNanos(1_500_000),
                Duration.ofSeconds(3723),
                null,
                0,
                "async",
                null,
                null,
                "libpq",
                false));

        assertThat(row)
                .containsEntry("pid", 7)
                .containsEntry("client_addr", "127.0.0.1")
                .containsEntry("client_port", 4711)
                .containsEntry("backend_start", "2026-01-02T12:00:00Z")
                .containsEntry("backend_xmin", 4294967295L)
                .containsEntry("sent_lsn", Lsn.parse("0/5000000"))
                .containsEntry("write_lag", "00:00:00.0015")
                .containsEntry("flush_lag", "01:02:03")
                .containsEntry("replay_lag", null);
        assertThat(row.keySet())
                .startsWith("pid", "usename", "application_name")
                .endsWith("slot_name", "transport", "ahead");
    }

    @Test
    void printsASlotUnderPostgresqlsNames() {
        ReplicationSlotRow slot = new ReplicationSlotRow(
                "s",
                null,
                "physical",
                null,
                null,
                false,
                true,
                7,
                -2,
                null,
                Lsn.parse("0/3000000"),
                null,
                WalStatus.RESERVED,
                null,
                false,
                null,
                NOON,
                null,
                null,
                false,
                false);

        assertThat(StatusRows.of(slot))
                .containsEntry("slot_name", "s")
                .containsEntry("active_pid", 7)
                .containsEntry("xmin", 4294967294L)
                .containsEntry("restart_lsn", Lsn.parse("0/3000000"))
                .containsEntry("wal_status", "reserved")
                .containsEntry("inactive_since", "2026-01-02T12:00:00Z");
    }

    @Test
    void hasNoRowForAReceiverThatIsNotConnected() {
        WalRcvShared receiver = new WalRcvShared();
        assertThat(StatusRows.of(receiver.status())).isNull();

        receiver.startsAt(TimelineId.FIRST, Lsn.parse("0/3000000"), Lsn.parse("0/3000000"), "s");
        receiver.moveTo(WalRcvState.STARTING);
        receiver.connected("primary", 5432, "host=primary");

        assertThat(StatusRows.of(receiver.status()))
                .containsEntry("status", "starting")
                .containsEntry("receive_start_tli", 1L)
                .containsEntry("sender_host", "primary")
                .containsEntry("slot_name", "s")
                .containsEntry("last_msg_send_time", null);
    }
}
