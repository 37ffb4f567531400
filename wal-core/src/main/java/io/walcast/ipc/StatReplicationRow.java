// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One moment of a walsender: the columns of {@code pg_stat_replication}, null where PostgreSQL shows NULL, and two of our own.
 *
 * @param pid {@code pid}
 * @param user {@code usename}
 * @param applicationName {@code application_name}
 * @param client {@code client_addr} and {@code client_port}
 * @param backendStart {@code backend_start}
 * @param backendXmin {@code backend_xmin}, to be read as unsigned; of a peer without a slot only
 * @param state {@code state}
 * @param sent {@code sent_lsn}
 * @param write {@code write_lsn}
 * @param flush {@code flush_lsn}
 * @param replay {@code replay_lsn}
 * @param writeLag {@code write_lag}
 * @param flushLag {@code flush_lag}
 * @param replayLag {@code replay_lag}
 * @param syncPriority {@code sync_priority}
 * @param syncState {@code sync_state}
 * @param replyTime {@code reply_time}, by the peer's clock
 * @param slotName the slot that is streamed through, if any
 * @param transport name of the transport
 * @param ahead whether the peer says that it has WAL which we do not have ourselves: what it reports does not count
 */
public record StatReplicationRow(
        int pid,
        String user,
        String applicationName,
        @Nullable InetSocketAddress client,
        PgTimestamp backendStart,
        @Nullable Integer backendXmin,
        String state,
        @Nullable Lsn sent,
        @Nullable Lsn write,
        @Nullable Lsn flush,
        @Nullable Lsn replay,
        @Nullable Duration writeLag,
        @Nullable Duration flushLag,
        @Nullable Duration replayLag,
        int syncPriority,
        String syncState,
        @Nullable PgTimestamp replyTime,
        @Nullable String slotName,
        String transport,
        boolean ahead) {
    public StatReplicationRow {
        requireNonNull(user, "user");
        requireNonNull(applicationName, "applicationName");
        requireNonNull(backendStart, "backendStart");
        requireNonNull(state, "state");
        requireNonNull(syncState, "syncState");
        requireNonNull(transport, "transport");
    }
}
