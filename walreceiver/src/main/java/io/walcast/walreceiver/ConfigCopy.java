// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ConnectOptions.PasswordPrompt;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link WalReceiverConfig} in the making: a record of sixteen components is copied in one place only. */
final class ConfigCopy {
    private final WalReceiverConfig original;
    private @Nullable String slot;
    private boolean createSlot;
    private FlushPolicy flushPolicy;
    private boolean reportFlush;
    private Duration statusInterval;
    private Duration receiveTimeout;
    private Duration connectTimeout;
    private @Nullable Lsn endPosition;
    private @Nullable FeedbackSource feedback;
    private String applicationName;
    private ConnectOptions.Policy policy;
    private Map<String, String> environment;
    private @Nullable PasswordPrompt passwordPrompt;

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
    }

    ConfigCopy slot(String value, boolean create) {
        slot = value;
        createSlot = create;
        return this;
    }

    ConfigCopy flush(FlushPolicy value, boolean report) {
        flushPolicy = value;
        reportFlush = report;
        return this;
    }

    ConfigCopy statusInterval(Duration value) {
        statusInterval = value;
        return this;
    }

    ConfigCopy receiveTimeout(Duration value) {
        receiveTimeout = value;
        return this;
    }

    ConfigCopy connectTimeout(Duration value) {
        connectTimeout = value;
        return this;
    }

    ConfigCopy endPosition(Lsn value) {
        endPosition = value;
        return this;
    }

    ConfigCopy feedback(FeedbackSource value) {
        feedback = value;
        return this;
    }

    ConfigCopy applicationName(String value) {
        applicationName = value;
        return this;
    }

    ConfigCopy policy(ConnectOptions.Policy value) {
        policy = value;
        return this;
    }

    ConfigCopy environment(Map<String, String> value) {
        environment = value;
        return this;
    }

    ConfigCopy passwordPrompt(@Nullable PasswordPrompt value) {
        passwordPrompt = value;
        return this;
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
                passwordPrompt);
    }
}
