// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that {@link WalReceiverTransport#connect} needs. Only {@link #of} and the {@code with} methods are API.
 *
 * @param conninfo where to and how, in the transport's form; may hold secrets
 * @param mode what the connection is for
 * @param fallbackApplicationName the name to show unless conninfo or environment say another
 * @param latch set when {@code receive} or {@code send} can go on
 * @param cancellation ends {@code connect} and blocking control calls
 * @param timeout limit for {@code connect} as a whole and for each control call; zero means none
 * @param windowBytes how much is buffered while nobody receives; 0 for what the transport thinks right
 * @param policy how strict to be with the server
 * @param environment the process's environment variables that supply defaults ({@code PGHOST} and so on)
 * @param passwordPrompt asked, at most once a connection, when the server wants a password that is not known
 * @param noticeListener told of the server's notices and warnings, on any thread
 */
public record ConnectOptions(
        String conninfo,
        Mode mode,
        String fallbackApplicationName,
        Latch latch,
        Cancellation cancellation,
        Duration timeout,
        int windowBytes,
        Policy policy,
        Map<String, String> environment,
        @Nullable PasswordPrompt passwordPrompt,
        Consumer<ErrorFields> noticeListener) {

    /** The default window: what the transport thinks right. */
    public static final int DEFAULT_WINDOW_BYTES = 0;

    private static final int MIN_WINDOW_BYTES = 64 << 10;

    /** What a connection is for. */
    public enum Mode {
        /** Physical replication: no database. */
        PHYSICAL,
        /** Logical replication: attached to a database. */
        LOGICAL,
        /** Ordinary SQL. */
        SQL
    }

    /** How strict to be with the server. */
    public enum Policy {
        /** libpq's defaults. */
        LIBPQ,
        /**
         * TLS verified in full, except to this machine, and SCRAM or a client certificate demanded; a conninfo that asks
         * for less is refused.
         */
        STRICT
    }

    /** Somebody who knows the password. */
    public interface PasswordPrompt {
        /** Returns the password for {@code user}, or null if there is none; the array is cleared after use. */
        char @Nullable [] passwordFor(@Nullable String user);
    }

    public ConnectOptions {
        requireNonNull(conninfo, "conninfo");
        requireNonNull(mode, "mode");
        requireNonNull(fallbackApplicationName, "fallbackApplicationName");
        requireNonNull(latch, "latch");
        requireNonNull(cancellation, "cancellation");
        requireNonNull(timeout, "timeout");
        requireNonNull(policy, "policy");
        environment = Map.copyOf(environment);
        requireNonNull(noticeListener, "noticeListener");
        if (windowBytes != DEFAULT_WINDOW_BYTES && windowBytes < MIN_WINDOW_BYTES) {
            throw new IllegalArgumentException(
                    "windowBytes: %d (expected: 0, or at least %d)".formatted(windowBytes, MIN_WINDOW_BYTES));
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout: %s (expected: 0 or more)".formatted(timeout));
        }
    }

    /** Returns the options for a physical connection with libpq's defaults and this process's environment. */
    public static ConnectOptions of(String conninfo, Latch latch) {
        return new ConnectOptions(
                conninfo,
                Mode.PHYSICAL,
                "walreceiver",
                latch,
                new Cancellation(),
                Duration.ZERO,
                DEFAULT_WINDOW_BYTES,
                Policy.LIBPQ,
                System.getenv(),
                null,
                notice -> {});
    }

    /** Returns the window to use by a transport that thinks {@code ownDefault} right. */
    public int windowBytesOr(int ownDefault) {
        return windowBytes == DEFAULT_WINDOW_BYTES ? ownDefault : windowBytes;
    }

    /** Returns a copy for another purpose. */
    public ConnectOptions withMode(Mode mode) {
        Copy copy = new Copy(this);
        copy.mode = mode;
        return copy.build();
    }

    /** Returns a copy with another name to show by default. */
    public ConnectOptions withFallbackApplicationName(String name) {
        Copy copy = new Copy(this);
        copy.fallbackApplicationName = name;
        return copy.build();
    }

    /** Returns a copy that ends when {@code cancellation} is requested. */
    public ConnectOptions withCancellation(Cancellation cancellation) {
        Copy copy = new Copy(this);
        copy.cancellation = cancellation;
        return copy.build();
    }

    /** Returns a copy with another limit for connect and control calls. */
    public ConnectOptions withTimeout(Duration timeout) {
        Copy copy = new Copy(this);
        copy.timeout = timeout;
        return copy.build();
    }

    /** Returns a copy with another window. */
    public ConnectOptions withWindowBytes(int windowBytes) {
        Copy copy = new Copy(this);
        copy.windowBytes = windowBytes;
        return copy.build();
    }

    /** Returns a copy with another policy. */
    public ConnectOptions withPolicy(Policy policy) {
        Copy copy = new Copy(this);
        copy.policy = policy;
        return copy.build();
    }

    /** Returns a copy that takes defaults from {@code environment}. */
    public ConnectOptions withEnvironment(Map<String, String> environment) {
        Copy copy = new Copy(this);
        copy.environment = environment;
        return copy.build();
    }

    /** Returns a copy that asks {@code prompt} for a password that is not known. */
    public ConnectOptions withPasswordPrompt(@Nullable PasswordPrompt prompt) {
        Copy copy = new Copy(this);
        copy.passwordPrompt = prompt;
        return copy.build();
    }

    /** Returns a copy that tells {@code listener} of notices. */
    public ConnectOptions withNoticeListener(Consumer<ErrorFields> listener) {
        Copy copy = new Copy(this);
        copy.noticeListener = listener;
        return copy.build();
    }

    /** Returns what may be shown: the conninfo is left out, it may hold secrets. */
    @Override
    public String toString() {
        return "ConnectOptions[mode=%s, timeout=%s, windowBytes=%d, policy=%s]"
                .formatted(mode, timeout, windowBytes, policy);
    }

    /** Options in the making: a record of eleven components is copied in one place only. */
    private static final class Copy {
        private final ConnectOptions original;
        private Mode mode;
        private String fallbackApplicationName;
        private Cancellation cancellation;
        private Duration timeout;
        private int windowBytes;
        private Policy policy;
        private Map<String, String> environment;
        private @Nullable PasswordPrompt passwordPrompt;
        private Consumer<ErrorFields> noticeListener;

        Copy(ConnectOptions original) {
            this.original = original;
            mode = original.mode;
            fallbackApplicationName = original.fallbackApplicationName;
            cancellation = original.cancellation;
            timeout = original.timeout;
            windowBytes = original.windowBytes;
            policy = original.policy;
            environment = original.environment;
            passwordPrompt = original.passwordPrompt;
            noticeListener = original.noticeListener;
        }

        ConnectOptions build() {
            return new ConnectOptions(
                    original.conninfo,
                    mode,
                    fallbackApplicationName,
                    original.latch,
                    cancellation,
                    timeout,
                    windowBytes,
                    policy,
                    environment,
                    passwordPrompt,
                    noticeListener);
        }
    }
}
