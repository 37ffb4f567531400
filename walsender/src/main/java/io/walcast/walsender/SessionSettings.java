// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.guc.Settings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of one session: the node's, and what the client asked for at the start. A reload of the node's reaches it. Only
 * what is needed all the time is kept.
 *
 * <p>Safe for use from any thread.
 */
final class SessionSettings {
    private final WalSenderNode node;
    private final String user;
    private final Map<String, String> overrides;

    // Written and read by whoever asks.
    private volatile Kept kept;

    /**
     * Begins with what the client asked for.
     *
     * @throws io.walcast.core.error.ServerErrorException of severity FATAL if it may not have that
     */
    SessionSettings(WalSenderNode node, String user, Map<String, String> overrides) {
        this.node = requireNonNull(node, "node");
        this.user = requireNonNull(user, "user");
        this.overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
        kept = keep(node.settings());
    }

    private record Kept(Settings node, long walSenderTimeoutNs, boolean logsCommands) {}

    private Kept keep(Settings nodeSettings) {
        Settings all = all();
        Duration timeout = all.duration("wal_sender_timeout");
        return new Kept(nodeSettings, timeout.toNanos(), all.bool("log_replication_commands"));
    }

    /** Returns all of them. */
    Settings all() {
        return node.settings().with("session_authorization", user).withOverrides(overrides);
    }

    private Kept current() {
        Settings nodeSettings = node.settings();
        Kept now = kept;
        if (now.node() != nodeSettings) {
            now = keep(nodeSettings);
            kept = now;
        }
        return now;
    }

    /** Returns {@code wal_sender_timeout}, 0 for none. */
    long walSenderTimeoutNs() {
        return current().walSenderTimeoutNs();
    }

    /** Returns {@code log_replication_commands}. */
    boolean logsCommands() {
        return current().logsCommands();
    }
}
