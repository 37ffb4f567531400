// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.ipc.StatReplicationRow;
import io.walcast.ipc.WalRcvStatus;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rows of PostgreSQL's views, with its names for the columns and its way to print the values. */
public final class StatusRows {
    private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final long MICROS_PER_SECOND = 1_000_000;

    private StatusRows() {}

    /** Returns a row with a column for each component, {@code sentLsn} as {@code sent_lsn}. */
    public static Map<String, @Nullable Object> of(Record row) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            String column = CAPITAL.matcher(component.getName()).replaceAll("_").toLowerCase(Locale.ROOT);
            Object value = value(component, row);
            boolean isXid = column.endsWith("xmin");
            columns.put(column, isXid && value instanceof Integer xid ? Integer.toUnsignedLong(xid) : printed(value));
        }
        return columns;
    }

    private static @Nullable Object value(RecordComponent component, Record row) {
        try {
            return component.getAccessor().invoke(row);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("row: " + row.getClass() + " (expected: a public record)", e);
        }
    }

    private static @Nullable Object printed(@Nullable Object value) {
        if (value instanceof Enum<?> word) {
            return word.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof Duration duration) {
            return interval(duration);
        }
        if (value instanceof TimelineId timeline) {
            return Long.parseLong(timeline.toString());
        }
        return value instanceof PgTimestamp time ? time.toInstant().toString() : value;
    }

    /** Returns an interval as PostgreSQL prints it: {@code 00:00:01.5}. */
    private static String interval(Duration duration) {
        long micros = duration.toNanos() / 1000;
        String seconds = "%s%02d:%02d:%02d"
                .formatted(
                        micros < 0 ? "-" : "",
                        Math.abs(duration.toHours()),
                        Math.abs(duration.toMinutesPart()),
                        Math.abs(duration.toSecondsPart()));
        long rest = Math.abs(micros % MICROS_PER_SECOND);
        return rest == 0 ? seconds : seconds + "." + "%06d".formatted(rest).replaceAll("0+$", "");
    }

    /** Returns a row of {@code pg_stat_replication}, and behind it what it has no columns for. */
    public static Map<String, @Nullable Object> of(StatReplicationRow walSender) {
        InetSocketAddress client = walSender.client();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("pid", walSender.pid());
        row.put("usename", walSender.user());
        row.put("application_name", walSender.applicationName());
        row.put("client_addr", client == null ? null : client.getAddress().getHostAddress());
        row.put("client_port", client == null ? null : client.getPort());
        row.put("backend_start", printed(walSender.backendStart()));
        Integer xmin = walSender.backendXmin();
        row.put("backend_xmin", xmin == null ? null : Integer.toUnsignedLong(xmin));
        row.put("state", walSender.state());
        row.put("sent_lsn", walSender.sent());
        row.put("write_lsn", walSender.write());
        row.put("flush_lsn", walSender.flush());
        row.put("replay_lsn", walSender.replay());
        row.put("write_lag", printed(walSender.writeLag()));
        row.put("flush_lag", printed(walSender.flushLag()));
        row.put("replay_lag", printed(walSender.replayLag()));
        row.put("sync_priority", walSender.syncPriority());
        row.put("sync_state", walSender.syncState());
        row.put("reply_time", printed(walSender.replyTime()));
        row.put("slot_name", walSender.slotName());
        row.put("transport", walSender.transport());
        row.put("ahead", walSender.ahead());
        return row;
    }

    /** Returns the row of {@code pg_stat_wal_receiver}; null where PostgreSQL's view has none. */
    public static @Nullable Map<String, @Nullable Object> of(WalRcvStatus status) {
        if (status.pid() == null) {
            return null;
        }
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("pid", status.pid());
        row.put("status", printed(status.state()));
        row.put("receive_start_lsn", status.receiveStart());
        row.put("receive_start_tli", printed(status.receiveStartTimeline()));
        row.put("written_lsn", status.written());
        row.put("flushed_lsn", status.flushed());
        row.put("received_tli", printed(status.receivedTimeline()));
        row.put("last_msg_send_time", printed(status.lastMessageSentAt()));
        row.put("last_msg_receipt_time", printed(status.lastMessageReceivedAt()));
        row.put("latest_end_lsn", status.latestWalEnd());
        row.put("latest_end_time", printed(status.latestWalEndAt()));
        row.put("slot_name", status.slot());
        row.put("sender_host", status.senderHost());
        row.put("sender_port", status.senderPort());
        row.put("conninfo", status.conninfo());
        return row;
    }
}
