// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.walcast.core.Lsn;
import io.walcast.core.error.WalException;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.WalFiles;
import io.walcast.transport.WalReceiverTransports;
import io.walcast.walreceiver.WalReceiver;
import io.walcast.walreceiver.WalReceiverConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A receiver at work, what it told its listener, and the directory it fills. */
final class Receiving implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final WalReceiver receiver;
    private final Events events;
    private final Path directory;

    private Receiving(WalReceiver receiver, Events events, Path directory) {
        this.receiver = receiver;
        this.events = events;
        this.directory = directory;
    }

    /** Returns the configuration of a receiver as a library makes one, deaf to the environment of the build. */
    static WalReceiverConfig config(PostgresServer server, Path directory) {
        return config(server.port(), directory);
    }

    /** Returns the same for whatever listens on {@code port}. */
    static WalReceiverConfig config(int port, Path directory) {
        return WalReceiverConfig.of(conninfo(port), directory).withEnvironment(Map.of());
    }

    /** Returns how to reach whatever listens on {@code port}. */
    static String conninfo(int port) {
        return "host=127.0.0.1 port=%d user=%s dbname=postgres".formatted(port, PostgresServer.USER);
    }

    static Receiving start(WalReceiverConfig config) {
        Events events = new Events();
        WalReceiver receiver =
                WalReceiver.start(config, WalReceiverTransports.load().forConninfo(config.conninfo()), events);
        return new Receiving(receiver, events, config.directory());
    }

    WalReceiver receiver() {
        return receiver;
    }

    Path directory() {
        return directory;
    }

    Events events() {
        return events;
    }

    /** Waits until all WAL before {@code lsn} is durable. */
    void awaitFlush(Lsn lsn) {
        boolean flushed = receiver.awaitFlush(lsn, PATIENCE);
        assertThat(flushed)
                .as("%s is flushed (got: %s; %s)", lsn, receiver.flushedUpto(), events)
                .isTrue();
    }

    /** Waits until all that {@code server} has flushed by now is durable here, and returns how far that is. */
    Lsn catchUpWith(PostgresServer server) {
        Lsn end = server.flushLsn();
        awaitFlush(end);
        return end;
    }

    /** Waits for the error that the receiver ends with, for good. */
    WalException awaitFailure() {
        Throwable failure = catchThrowable(receiver::awaitEnd);
        assertThat(failure)
                .as("why the receiver ended (%s; %s)", receiver.status(), events)
                .isInstanceOf(WalException.class);
        return (WalException) failure;
    }

    /**
     * Requires that what is in the directory equals the WAL of {@code server}, which runs and still has all of it, and
     * reaches {@code upTo}.
     */
    WalFiles.Comparison requireSameAs(PostgresServer server, Lsn upTo) {
        return requireSame(directory, server, upTo);
    }

    /** Requires the same of a server that has removed some of its WAL: what it removed is not compared. */
    WalFiles.Comparison requireSameAsIsLeftOf(PostgresServer server, Lsn upTo) {
        return requireNoDifference(directory, server, upTo);
    }

    static WalFiles.Comparison requireSame(Path directory, PostgresServer server, Lsn upTo) {
        WalFiles.Comparison comparison = requireNoDifference(directory, server, upTo);
        assertThat(comparison.notHeld())
                .as("segments that the server has no more")
                .isZero();
        return comparison;
    }

    private static WalFiles.Comparison requireNoDifference(Path directory, PostgresServer server, Lsn upTo) {
        WalFiles.Comparison comparison = WalFiles.compare(directory, server, upTo);
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.segments()).isPositive();
        return comparison;
    }

    /** Ends the receiver before its scope ends. */
    void stop() {
        receiver.close();
    }

    @Override
    public void close() {
        stop();
    }
}
