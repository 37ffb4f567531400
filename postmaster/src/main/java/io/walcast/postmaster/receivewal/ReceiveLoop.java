// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.Signals;
import io.walcast.postmaster.compression.Decompressors;
import io.walcast.walreceiver.FlushPolicy;
import io.walcast.walreceiver.ReceiveEnd;
import io.walcast.walreceiver.WalReceiverConfig;
import io.walcast.walreceiver.WalReceiverSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one receiver session after the other as {@code pg_receivewal} does: a first connection that fails ends it, later
 * on it tries again every five seconds. What trying again cannot mend ends it as well.
 *
 * <p>Threading: {@link #run} on the main thread; the stop request comes from a signal's thread.
 */
final class ReceiveLoop {
    private static final long RECONNECT_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);

    private final ReceiveWalOptions options;
    private final PrimaryAddress primary;
    private final Messages messages;
    private final WalRcvShared shared = new WalRcvShared();
    private final Latch stopLatch = new Latch();
    private final NodeDirectory node;
    private final ReceiverReport report;
    private boolean hasBegun;
    private @Nullable Relay relay;

    // Written by a signal's thread, read by the main thread.
    private volatile boolean stopRequested;
    // Written by the main thread, read by a signal's thread.
    private volatile @Nullable WalReceiverSession session;

    ReceiveLoop(ReceiveWalOptions options, PrimaryAddress primary, Messages messages) {
        this.options = options;
        this.primary = primary;
        this.messages = messages;
        node = NodeDirectory.of(Path.of(requireNonNull(options.directory)));
        report = new ReceiverReport(shared, options);
    }

    int run() {
        if (options.isRelay()) {
            return relay();
        }
        Signals.stopOnHangup(this::stop);
        try (WalDirectory directory = open()) {
            return receive(directory);
        }
    }

    /** Receives and serves: what is served ends after what is received, so that all of it gets through. */
    private int relay() {
        try (Relay started = Relay.start(node, options, messages)) {
            relay = started;
            Signals.reloadOnHangup(this::stop, started::reload);
            try (WalDirectory directory = open()) {
                return serve(started, directory);
            }
        }
    }

    /** Nothing that is served from, or removed in, the directory is open any more when its lock is given up. */
    private int serve(Relay started, WalDirectory directory) {
        try {
            started.serve(directory, shared, this::stop);
            return started.stop(receive(directory));
        } finally {
            started.close();
        }
    }

    private WalDirectory open() {
        WalDirectoryOptions storage = WalDirectoryOptions.DEFAULTS
                .withSync(options.sync)
                .withCreate(!node.isBare())
                .withWarnings(messages::warning)
                .withDecompressors(Decompressors.ALL);
        SegmentCompression compression = options.compression;
        return WalDirectory.open(node.wal(), compression == null ? storage : storage.withCompression(compression));
    }

    private int receive(WalDirectory directory) {
        report.identified(directory);
        try (StatusJson status = status();
                ProgressReporter progress = progress()) {
            int code = loop(directory, new StreamMessages.Watchers(report, status, progress, !messages.areExact()));
            report.ended(code);
            return code;
        }
    }

    private @Nullable StatusJson status() {
        String file = options.statusJson;
        return file == null ? null : StatusJson.start(file, report, options.statusIntervalS, messages);
    }

    private @Nullable ProgressReporter progress() {
        boolean terminal = Boolean.getBoolean("walcast.terminal");
        return options.progress ? new ProgressReporter(shared, messages, terminal, options.everyBurst()) : null;
    }

    private void stop() {
        stopRequested = true;
        stopLatch.set();
        WalReceiverSession running = session;
        if (running != null) {
            running.stop();
        }
    }

    private int loop(WalDirectory directory, StreamMessages.Watchers watchers) {
        while (!stopRequested) {
            Integer code = once(directory, watchers);
            if (code != null) {
                return code;
            }
            long pauseNs = relay == null ? RECONNECT_PAUSE_NS : relay.reconnectPauseNs();
            messages.info("disconnected; waiting " + TimeUnit.NANOSECONDS.toSeconds(pauseNs) + " seconds to try again");
            watchers.writeStatus();
            stopLatch.await(pauseNs);
        }
        return ExitCodes.OK;
    }

    /** Runs one session; returns the exit code, or null to try again. */
    private @Nullable Integer once(WalDirectory directory, StreamMessages.Watchers watchers) {
        StreamMessages listener = new StreamMessages(
                messages, options.verbose, directory, watchers, timeline -> sayNotRenamed(directory, timeline));
        WalReceiverSession next = new WalReceiverSession(
                config(),
                primary.transport(),
                directory,
                shared,
                listener,
                Clock.system(),
                new AgentThreads("walflusher"));
        session = next;
        if (stopRequested) {
            return ExitCodes.OK;
        }
        int code = ExitCodes.TEMPORARY;
        boolean again = options.loop;
        try {
            ReceiveEnd end = next.run();
            hasBegun = true;
            if (end != ReceiveEnd.SERVER_SHUTDOWN || stopRequested) {
                sayStopped(end, listener, next.hasStreamed());
                return ExitCodes.OK;
            }
            listener.segmentLeft();
            messages.error("replication stream was terminated before stop point");
        } catch (WalException e) {
            boolean streamed = next.hasStreamed();
            hasBegun |= next.hasIdentified();
            if (streamed && isFromServer(e)) {
                listener.segmentLeft();
            }
            String reason = reason(e, streamed, listener.timeline() != null);
            messages.error(reason);
            report.failed(e, reason);
            code = ExitCodes.of(e);
            // Who serves has something to do while the server is away, from the start on.
            if (!hasBegun && relay == null) {
                return code;
            }
            again &= e.retry() != Retry.NEVER;
        } finally {
            report.disconnected();
        }
        if (again) {
            return null;
        }
        messages.error(options.loop ? "giving up: another attempt cannot help" : "disconnected");
        return code;
    }

    private static String reason(WalException e, boolean streamed, boolean connected) {
        String text = Messages.textOf(e);
        if (streamed && e.sqlState().equals(SqlState.UNDEFINED_FILE)) {
            return "unexpected termination of replication stream: ERROR:  " + text;
        }
        if (streamed && e instanceof ConnectionException) {
            return "could not receive data from WAL stream: " + text;
        }
        if (!(e instanceof ServerErrorException) || !connected) {
            return text;
        }
        return (streamed
                        ? "unexpected termination of replication stream: "
                        : "could not send replication command \"START_REPLICATION\": ")
                + text;
    }

    private static boolean isFromServer(WalException e) {
        return e instanceof ServerErrorException || e.sqlState().equals(SqlState.UNDEFINED_FILE);
    }

    private void sayStopped(ReceiveEnd end, StreamMessages listener, boolean streamed) {
        String text = end == ReceiveEnd.END_POSITION
                ? "stopped log streaming at " + Lsn.max(listener.start(), shared.writtenUpto()) + " (timeline "
                        + listener.timeline() + ")"
                : "received interrupt signal, exiting";
        if (options.verbose) {
            messages.info(text);
        }
        listener.segmentLeft();
        if (options.verbose && streamed && messages.areExact()) {
            messages.info(text);
        }
    }

    private void sayNotRenamed(WalDirectory directory, TimelineId timeline) {
        SegmentSize size = directory.segmentSize().orElse(SegmentSize.DEFAULT);
        Lsn written = shared.writtenUpto();
        if (size.offset(written) != 0) {
            String file = SegmentName.containing(timeline, written, size).fileName(size);
            String suffix = options.compression == null ? "" : options.compression.suffix();
            messages.info("not renaming \"" + file + suffix + ".partial\", segment is not complete");
        }
    }

    private WalReceiverConfig config() {
        boolean everyBurst = options.everyBurst();
        FlushPolicy flush = everyBurst ? FlushPolicy.EVERY_BURST : FlushPolicy.SEGMENT_END;
        WalReceiverConfig config = WalReceiverConfig.of(primary.conninfo(), node.wal())
                .withFlush(options.sync ? flush : FlushPolicy.NONE, everyBurst || options.slot != null)
                .withStatusInterval(Duration.ofSeconds(options.statusIntervalS))
                .withApplicationName(ReceiveWal.APPLICATION_NAME)
                .withPolicy(primary.policy())
                .withVerification(options.verification)
                .withPasswordPrompt(primary.prompt());
        if (options.slot != null) {
            config = config.withSlot(options.slot);
        }
        if (relay != null) {
            config = relay.configure(config);
        }
        return options.endPosition.isValid() ? config.withEndPosition(options.endPosition) : config;
    }
}
