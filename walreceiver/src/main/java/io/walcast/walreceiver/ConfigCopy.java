// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.PasswordPrompt;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link WalReceiverConfig} in the making: a record of eighteen components is copied in one place only.
 *
 * <p>Threading: confined to the method that makes it.
 */
final class ConfigCopy {
    private final WalReceiverConfig original;

    @Nullable
    String slot;

    boolean createSlot;
    FlushPolicy flushPolicy;
    boolean reportFlush;
    Duration statusInterval;
    Duration receiveTimeout;
    Duration connectTimeout;

    @Nullable
    Lsn endPosition;

    @Nullable
    FeedbackSource feedback;

    String applicationName;
    ConnectOptions.Policy policy;
    Map<String, String> environment;

    @Nullable
    PasswordPrompt passwordPrompt;

    @Nullable
    SegmentCompression compression;

    Verification verification;

    ConfigCopy(WalReceiverConfig original) {
        this.original = original;
        slot = original.slot();
        createSlot = original.createSlot();
        flushPolicy = original.flushPolicy();
        reportFlush = original.reportFlush();
        statusInterval = original.statusInterval();
        receiveTimeout = original.receiveTimeout();
        connectTimeout = original.connectTimeout();
        endPosition = original.endPosition();
        feedback = original.feedback();
        applicationName = original.applicationName();
        policy = original.policy();
        environment = original.environment();
        passwordPrompt = original.passwordPrompt();
        compression = original.compression();
        verification = original.verification();
    }

    WalReceiverConfig build() {
        return new WalReceiverConfig(
                original.conninfo(),
                original.directory(),
                slot,
                createSlot,
                flushPolicy,
                reportFlush,
                statusInterval,
                receiveTimeout,
                connectTimeout,
                endPosition,
                feedback,
                applicationName,
                policy,
                original.windowBytes(),
                environment,
                passwordPrompt,
                compression,
                verification);
    }
}
