// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.storage.ReceivedWal;
import io.walcast.core.storage.WalDirectory;
import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.ipc.WalRcvShared;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.Transports;
import io.walcast.postmaster.serve.NodeSettings;
import io.walcast.postmaster.serve.Postmaster;
import io.walcast.walreceiver.WalReceiverConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The serving half of {@code walcast receivewal --serve}: offers what the receiver of the same process has made durable, and
 * passes on to the receiver what the standbys ask for.
 *
 * <p>Threading: as {@link Postmaster}; {@link #feedback} on the receiver's thread.
 */
final class Relay implements AutoCloseable {
    /** What the server upstream shows unless {@code cluster_name} or the connection string say another name. */
    private static final String APPLICATION_NAME = "walreceiver";

    private final Postmaster postmaster;
    private final ReceiveWalOptions options;
    private final Messages messages;

    /** Whether the server upstream may believe that something is needed; true at the start of each session. */
    private boolean serverMayKnowOfNeeds = true;

    private Relay(Postmaster postmaster, ReceiveWalOptions options, Messages messages) {
        this.postmaster = postmaster;
        this.options = options;
        this.messages = messages;
    }

    /** Reads settings and access rules; nothing is served yet. */
    static Relay start(NodeDirectory node, ReceiveWalOptions options, Messages messages) {
        Postmaster postmaster = Postmaster.start(node, NodeSettings.of(node, List.of()), messages::info);
        return new Relay(postmaster, options, messages);
    }

    /** Serves what is durable in {@code directory}; {@code failed} is run when serving has failed for good. */
    void serve(WalDirectory directory, WalRcvShared shared, Runnable failed) {
        postmaster.serveReceived(
                options.serve,
                Transports.find(messages::warning).senders(),
                ReceivedWal.open(directory, shared),
                directory,
                shared,
                failed);
    }

    void reload() {
        postmaster.reload();
    }

    /** Returns how long to wait before the next connection. */
    long reconnectPauseNs() {
        return postmaster.settings().duration("wal_retrieve_retry_interval").toNanos();
    }

    /** Returns {@code config} for the next session, with what the settings say of the receiver. */
    WalReceiverConfig configure(WalReceiverConfig config) {
        Settings settings = postmaster.settings();
        serverMayKnowOfNeeds = true;
        String cluster = settings.text("cluster_name");
        WalReceiverConfig configured = options.hasStatusInterval
                ? config
                : config.withStatusInterval(settings.duration("wal_receiver_status_interval"));
        return configured
                .withReceiveTimeout(settings.duration("wal_receiver_timeout"))
                .withApplicationName(cluster.isEmpty() ? APPLICATION_NAME : cluster)
                .withFeedback(this::feedback);
    }

    /** What all standbys together need; once that is switched off, once more, as nothing ({@code XLogWalRcvSendHSFeedback}). */
    private @Nullable HotStandbyFeedback feedback() {
        PgTimestamp now = Clock.system().now();
        boolean on = postmaster.settings().bool("hot_standby_feedback");
        if (!on && !serverMayKnowOfNeeds) {
            return null;
        }
        serverMayKnowOfNeeds = on;
        return on ? postmaster.feedback(now) : HotStandbyFeedback.none(now);
    }

    /**
     * Ends serving after the receiver has ended with {@code code}: standbys get what is there first, but for a disk that has
     * failed, of which nothing can be trusted.
     *
     * @return the program's exit code
     */
    int stop(int code) {
        if (code == ExitCodes.STORAGE) {
            messages.error("the disk has failed: serving ends");
            return code;
        }
        int ended = postmaster.stop();
        return code == ExitCodes.OK ? ended : code;
    }

    @Override
    public void close() {
        postmaster.close();
    }
}
