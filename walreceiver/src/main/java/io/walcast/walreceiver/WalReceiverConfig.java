// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.PasswordPrompt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver needs to know. Only {@link #of} and the {@code with} methods are API.
 *
 * @param conninfo where the server is, in the transport's form; may hold secrets
 * @param directory where segments are kept
 * @param slot the replication slot to stream through, or null for none
 * @param createSlot make the slot if the server does not have it
 * @param flushPolicy when to make WAL durable
 * @param reportFlush whether flush positions are reported; if not, the server reads "not reported"
 * @param statusInterval longest time between two status updates; zero sends none by time
 * @param receiveTimeout longest silence of the server; zero for any
 * @param connectTimeout limit for connecting and for each command; zero for none
 * @param endPosition stop once WAL after this position was received, or null to go on
 * @param feedback source of hot standby feedback, or null to send none
 * @param applicationName the name the server shows unless conninfo or environment say another
 * @param policy how strict to be with the server
 * @param windowBytes how much may be buffered between network and disk; 0 for what the transport thinks right
 * @param environment where defaults for the conninfo come from
 * @param passwordPrompt asked for a password that is not known, or null
 * @param compression how segments are compressed, or null for plain ones
 * @param verification whether every record is checked, and what a bad one does
 */
public record WalReceiverConfig(
        String conninfo,
        Path directory,
        @Nullable String slot,
        boolean createSlot,
        FlushPolicy flushPolicy,
        boolean reportFlush,
        Duration statusInterval,
        Duration receiveTimeout,
        Duration connectTimeout,
        @Nullable Lsn endPosition,
        @Nullable FeedbackSource feedback,
        String applicationName,
        ConnectOptions.Policy policy,
        int windowBytes,
        Map<String, String> environment,
        @Nullable PasswordPrompt passwordPrompt,
        @Nullable SegmentCompression compression,
        Verification verification) {

    public WalReceiverConfig {
        requireNonNull(conninfo, "conninfo");
        requireNonNull(directory, "directory");
        requireNonNull(flushPolicy, "flushPolicy");
        requireNonNull(applicationName, "applicationName");
        requireNonNull(policy, "policy");
        requireNonNull(verification, "verification");
        environment = Map.copyOf(environment);
        requireNotNegative(statusInterval, "statusInterval");
        requireNotNegative(receiveTimeout, "receiveTimeout");
        requireNotNegative(connectTimeout, "connectTimeout");
        if (createSlot && slot == null) {
            throw new IllegalArgumentException("createSlot: true (expected: with a slot)");
        }
        if (compression != null && verification != Verification.NONE) {
            throw new IllegalArgumentException(
                    "verification: " + verification + " (expected: NONE, as segments are compressed)");
        }
    }

    private static void requireNotNegative(Duration value, String name) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("%s: %s (expected: 0 or more)".formatted(name, value));
        }
    }

    /**
     * Returns the defaults of a receiver that a server may wait for: every burst is made durable and reported, with
     * PostgreSQL's own intervals (10 s status, 60 s silence).
     */
    public static WalReceiverConfig of(String conninfo, Path directory) {
        return new WalReceiverConfig(
                conninfo,
                directory,
                null,
                false,
                FlushPolicy.EVERY_BURST,
                true,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                null,
                null,
                "walcast",
                ConnectOptions.Policy.LIBPQ,
                ConnectOptions.DEFAULT_WINDOW_BYTES,
                System.getenv(),
                null,
                null,
                Verification.NONE);
    }

    /** Returns a copy that streams through a slot that exists. */
    public WalReceiverConfig withSlot(String slot) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.slot = slot;
        copy.createSlot = false;
        return copy.build();
    }

    /** Returns a copy that streams through a slot and makes it if it is not there. */
    public WalReceiverConfig withCreatedSlot(String slot) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.slot = slot;
        copy.createSlot = true;
        return copy.build();
    }

    /** Returns a copy with another policy for syncs, and with or without reporting the flush position. */
    public WalReceiverConfig withFlush(FlushPolicy flushPolicy, boolean reportFlush) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.flushPolicy = flushPolicy;
        copy.reportFlush = reportFlush;
        return copy.build();
    }

    /** Returns a copy with another status interval. */
    public WalReceiverConfig withStatusInterval(Duration statusInterval) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.statusInterval = statusInterval;
        return copy.build();
    }

    /** Returns a copy with another limit for silence. */
    public WalReceiverConfig withReceiveTimeout(Duration receiveTimeout) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.receiveTimeout = receiveTimeout;
        return copy.build();
    }

    /** Returns a copy with another limit for connecting and commands. */
    public WalReceiverConfig withConnectTimeout(Duration connectTimeout) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.connectTimeout = connectTimeout;
        return copy.build();
    }

    /** Returns a copy that ends once WAL after {@code endPosition} was received. */
    public WalReceiverConfig withEndPosition(Lsn endPosition) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.endPosition = endPosition;
        return copy.build();
    }

    /** Returns a copy that sends hot standby feedback. */
    public WalReceiverConfig withFeedback(FeedbackSource feedback) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.feedback = feedback;
        return copy.build();
    }

    /** Returns a copy with another name to show. */
    public WalReceiverConfig withApplicationName(String applicationName) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.applicationName = applicationName;
        return copy.build();
    }

    /** Returns a copy with another policy towards the server. */
    public WalReceiverConfig withPolicy(ConnectOptions.Policy policy) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.policy = policy;
        return copy.build();
    }

    /** Returns a copy with another environment. */
    public WalReceiverConfig withEnvironment(Map<String, String> environment) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.environment = environment;
        return copy.build();
    }

    /** Returns a copy that asks for a password that is not known. */
    public WalReceiverConfig withPasswordPrompt(@Nullable PasswordPrompt prompt) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.passwordPrompt = prompt;
        return copy.build();
    }

    /** Returns a copy that compresses segments, or does not. */
    public WalReceiverConfig withCompression(@Nullable SegmentCompression compression) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.compression = compression;
        return copy.build();
    }

    /** Returns a copy that checks every record, or does not. */
    public WalReceiverConfig withVerification(Verification verification) {
        ConfigCopy copy = new ConfigCopy(this);
        copy.verification = verification;
        return copy.build();
    }

    /** Returns what may be shown: the conninfo is left out, it may hold secrets. */
    @Override
    public String toString() {
        return "WalReceiverConfig[directory=%s, slot=%s, flushPolicy=%s]".formatted(directory, slot, flushPolicy);
    }
}
