// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * One moment of a walreceiver: the columns of {@code pg_stat_wal_receiver}, null where PostgreSQL shows NULL.
 *
 * @param pid process number; null before the first connection and after the end, when PostgreSQL's view has no row
 * @param state {@code status}
 * @param receiveStart {@code receive_start_lsn}; null while waiting at the end of a timeline
 * @param receiveStartTimeline {@code receive_start_tli}, null with it
 * @param written {@code written_lsn}: written, perhaps not yet on disk
 * @param flushed {@code flushed_lsn}: on disk for good
 * @param receivedTimeline {@code received_tli}: the timeline {@code flushed} is on
 * @param lastMessageSentAt {@code last_msg_send_time}, by the sender's clock
 * @param lastMessageReceivedAt {@code last_msg_receipt_time}, by ours
 * @param latestWalEnd {@code latest_end_lsn}: the end of WAL at the sender, as it said last
 * @param latestWalEndAt {@code latest_end_time}: when that end last moved, by the sender's clock
 * @param slot {@code slot_name}
 * @param senderHost {@code sender_host}
 * @param senderPort {@code sender_port}
 * @param conninfo {@code conninfo}, fit for display
 */
public record WalRcvStatus(
        @Nullable Long pid,
        WalRcvState state,
        @Nullable Lsn receiveStart,
        @Nullable TimelineId receiveStartTimeline,
        @Nullable Lsn written,
        @Nullable Lsn flushed,
        @Nullable TimelineId receivedTimeline,
        @Nullable PgTimestamp lastMessageSentAt,
        @Nullable PgTimestamp lastMessageReceivedAt,
        @Nullable Lsn latestWalEnd,
        @Nullable PgTimestamp latestWalEndAt,
        @Nullable String slot,
        @Nullable String senderHost,
        @Nullable Integer senderPort,
        @Nullable String conninfo) {
    public WalRcvStatus {
        requireNonNull(state, "state");
    }
}
