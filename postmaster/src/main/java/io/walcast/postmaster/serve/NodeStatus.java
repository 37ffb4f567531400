// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.ipc.WalRcvShared;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.WalcastVersion;
import io.walcast.postmaster.status.StatusRows;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a serving node tells of itself, for {@code walcast status}.
 *
 * <p>Threading: {@link #current} on one thread, {@link #stopping} on any.
 */
final class NodeStatus {
    private final NodeDirectory node;
    private final Serving serving;
    private final @Nullable WalRcvShared receiver;
    private final Listeners listeners;
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    // Written by the thread that stops, read by the one that writes the status.
    private volatile boolean isStopping;

    NodeStatus(NodeDirectory node, Serving serving, @Nullable WalRcvShared receiver, Listeners listeners) {
        this.node = node;
        this.serving = serving;
        this.receiver = receiver;
        this.listeners = listeners;
    }

    /** Takes note that the node is going down. */
    void stopping() {
        isStopping = true;
    }

    /** Returns all of it now, by name. */
    Map<String, @Nullable Object> current() {
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("version", WalcastVersion.walcast());
        status.put("pid", ProcessHandle.current().pid());
        status.put("state", isStopping ? "stopping" : "running");
        status.put("started_at", startedAt);
        status.put("written_at", Instant.now());
        status.put("directory", node.directory().toString());
        status.put("listeners", listeners.rows());
        putPosition(status, serving.wal());
        status.put("pg_stat_wal_receiver", receiver == null ? null : StatusRows.of(receiver.status()));
        status.put("pg_stat_replication", rows(serving.service().replication(), StatusRows::of));
        status.put("pg_replication_slots", rows(serving.service().slots(), StatusRows::of));
        return status;
    }

    private static void putPosition(Map<String, @Nullable Object> status, ServedWal wal) {
        ServedPosition position = wal.position();
        status.put(
                "timeline",
                position == null ? null : Long.parseLong(position.timeline().toString()));
        status.put("flushed_lsn", position == null ? null : position.flushedUpto());
        status.put(
                "system_identifier",
                position == null ? null : wal.systemIdentifier().toString());
        status.put("server_version", position == null ? null : wal.majorVersion() + ".0");
    }

    private static <T> List<Map<String, @Nullable Object>> rows(
            List<T> records, Function<T, Map<String, @Nullable Object>> columns) {
        return records.stream().map(columns).toList();
    }
}
