// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.WalDirectory;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvState;
import io.walcast.ipc.WalRcvStatus;
import io.walcast.postmaster.WalcastVersion;
import io.walcast.transport.SenderInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --status-json} tells of a receiver over all its sessions.
 *
 * <p>Threading: told by the threads of the sessions and the main thread, read by the one that writes the file.
 */
final class ReceiverReport {
    private static final double NS_PER_S = 1e9;

    private final WalRcvShared shared;
    private final String directoryName;
    private final @Nullable String slot;
    private final ReceiveLag lag;
    private final Instant startedAt = now();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable String systemIdentifier;

    @GuardedBy("lock")
    private @Nullable SegmentSize segmentSize;

    @GuardedBy("lock")
    private @Nullable SenderInfo sender;

    @GuardedBy("lock")
    private @Nullable Instant connectedSince;

    @GuardedBy("lock")
    private @Nullable TimelineId timeline;

    @GuardedBy("lock")
    private @Nullable Map<String, @Nullable Object> lastError;

    @GuardedBy("lock")
    private @Nullable Integer exitCode;

    @GuardedBy("lock")
    private long connections;

    @GuardedBy("lock")
    private long syncs;

    @GuardedBy("lock")
    private long segments;

    /** Makes the report of a receiver that has just been started. */
    ReceiverReport(WalRcvShared shared, ReceiveWalOptions options) {
        this.shared = shared;
        directoryName = String.valueOf(options.directory);
        slot = options.slot;
        lag = new ReceiveLag(options.everyBurst());
    }

    /** Takes note of which cluster the WAL in {@code directory} is, as far as that is known. */
    void identified(WalDirectory directory) {
        String identifier = directory.systemIdentifier().map(Object::toString).orElse(null);
        SegmentSize size = directory.segmentSize().orElse(null);
        synchronized (lock) {
            systemIdentifier = identifier;
            segmentSize = size;
        }
    }

    /** The server let us in. */
    void connected(SenderInfo to) {
        synchronized (lock) {
            sender = to;
            connectedSince = now();
            connections++;
        }
    }

    /** Streaming of {@code streamed} is about to start. */
    void streaming(TimelineId streamed) {
        synchronized (lock) {
            timeline = streamed;
        }
    }

    /** The flush position moved. */
    void synced() {
        synchronized (lock) {
            syncs++;
        }
    }

    /** A segment is complete. */
    void segmentFinished() {
        synchronized (lock) {
            segments++;
        }
    }

    /** The session is over. */
    void disconnected() {
        synchronized (lock) {
            connectedSince = null;
        }
    }

    /** A session, or an attempt to have one, ended with {@code error}; {@code said} is what the user was told. */
    void failed(WalException error, String said) {
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        described.put("at", now());
        described.put("sqlstate", error.sqlState().code());
        described.put("message", said);
        synchronized (lock) {
            lastError = described;
        }
    }

    /** The program ends with {@code code}. */
    void ended(int code) {
        synchronized (lock) {
            exitCode = code;
        }
    }

    /** Returns whether there was a connection before the one that is on. */
    boolean hasLostConnection() {
        synchronized (lock) {
            return connections > 1;
        }
    }

    /** Takes note of where the server is, so that the lag in seconds is known; to be called about once a second. */
    void sample(long nowNs) {
        lag.measure(shared.status(), nowNs);
    }

    /** Returns all of it now, by name. */
    Map<String, @Nullable Object> current(long nowNs) {
        WalRcvStatus status = shared.status();
        ReceiveLag.Behind behind = lag.measure(status, nowNs);
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        synchronized (lock) {
            report.put("version", WalcastVersion.walcast());
            report.put("pid", ProcessHandle.current().pid());
            report.put("state", state(status.state()));
            report.put("started_at", startedAt);
            report.put("written_at", now());
            report.put("connected_since", connectedSince);
            report.put("directory", directoryName);
            putServer(report);
            report.put("slot", slot);
            report.put("timeline", timeline == null ? null : Long.valueOf(timeline.toString()));
            report.put("segment", segment(status.written()));
            report.put("received_lsn", shared.receivedUpto().isValid() ? shared.receivedUpto() : null);
            report.put("written_lsn", status.written());
            report.put("flushed_lsn", status.flushed());
            report.put("server_lsn", status.latestWalEnd());
            report.put("lag_bytes", behind == null ? null : behind.bytes());
            report.put("lag_seconds", behind == null ? null : behind.ns() / NS_PER_S);
            report.put("last_error", lastError);
            report.put("exit_code", exitCode);
            putCounters(report);
        }
        return report;
    }

    /** Between two sessions the shared state is that of a receiver that has ended, which this one has not. */
    @GuardedBy("lock")
    private String state(WalRcvState state) {
        boolean waits = state == WalRcvState.STOPPED && exitCode == null;
        return waits
                ? (connections == 0 ? "starting" : "disconnected")
                : state.name().toLowerCase(Locale.ROOT);
    }

    @GuardedBy("lock")
    private void putServer(Map<String, @Nullable Object> report) {
        SenderInfo known = sender;
        report.put("system_identifier", systemIdentifier);
        report.put("server_host", known == null ? null : known.host());
        report.put("server_port", known == null ? null : known.port());
        report.put("server_version", known == null ? null : known.parameters().get("server_version"));
    }

    @GuardedBy("lock")
    private @Nullable String segment(@Nullable Lsn written) {
        SegmentSize size = segmentSize;
        return size == null || timeline == null || written == null
                ? null
                : SegmentName.containing(timeline, written, size).fileName(size);
    }

    @GuardedBy("lock")
    private void putCounters(Map<String, @Nullable Object> report) {
        Map<String, @Nullable Object> counters = new LinkedHashMap<>();
        counters.put("bytes", shared.receivedBytes());
        counters.put("syncs", syncs);
        counters.put("segments", segments);
        counters.put("reconnects", Math.max(0, connections - 1));
        report.put("counters", counters);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
