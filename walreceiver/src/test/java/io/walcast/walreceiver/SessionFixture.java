// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import io.walcast.core.storage.WalFileSystem;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvState;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.transport.MemoryTransport;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryStream;
import io.walcast.transport.SystemIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One receive directory, one scripted primary, and the sessions between them. */
final class SessionFixture implements AutoCloseable, WalReceiverListener {
    static final SegmentSize SIZE = new SegmentSize(1 << 20);
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7_000_000_000_000_000_001L);
    static final Lsn START = Lsn.parse("0/1000000");
    static final TimelineId TWO = TimelineId.of(2);
    static final SyntheticWal WAL = new SyntheticWal(SYSTEM, TimelineId.FIRST, SIZE, 1);
    static final SyntheticWal WAL_TWO = new SyntheticWal(SYSTEM, TWO, SIZE, 2);

    final PrimaryScript primary = new PrimaryScript();
    final MemoryTransport transport = new MemoryTransport();
    final WalRcvShared shared = new WalRcvShared();
    final List<WalRcvState> states = Collections.synchronizedList(new ArrayList<>());
    final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    final BlockingQueue<Boolean> diskFull = new LinkedBlockingQueue<>();
    final List<Lsn> finished = Collections.synchronizedList(new ArrayList<>());
    final Path path;
    private final WalDirectory directory;
    private WalReceiverConfig config;
    private @Nullable WalReceiverSession session;

    SessionFixture(Path path) {
        this(new PosixFileSystem(), path);
    }

    SessionFixture(WalFileSystem fileSystem, Path path) {
        this.path = path;
        directory = WalDirectory.open(fileSystem, path, WalDirectoryOptions.DEFAULTS.withCreate(true));
        config = WalReceiverConfig.of(transport.add("primary", primary), path);
        primary.setting("data_directory_mode", "0700").setting("wal_segment_size", "1MB");
        identity(TimelineId.FIRST, START.plus(100));
    }

    void identity(TimelineId timeline, Lsn flushed) {
        primary.identity(new SystemIdentity(SYSTEM, timeline, flushed, null));
    }

    SessionFixture configure(UnaryOperator<WalReceiverConfig> change) {
        config = change.apply(config);
        return this;
    }

    /** Adds a stream that sends {@code bytes} of the first timeline's WAL from the start on. */
    PrimaryStream streams(int bytes) {
        PrimaryStream stream = new PrimaryStream();
        if (bytes > 0) {
            stream.wal(START, WAL.bytes(START, bytes), 100_000);
        }
        primary.stream(stream);
        return stream;
    }

    WalReceiverSession session() {
        return session(this);
    }

    WalReceiverSession session(WalReceiverListener listener) {
        WalReceiverSession made = new WalReceiverSession(
                config, transport, directory, shared, listener, Clock.system(), new AgentThreads("test"));
        session = made;
        return made;
    }

    ReceiveEnd run() {
        return session().run();
    }

    /** Runs a session, stops it when everything before {@code lsn} is flushed, and returns how it ended. */
    ReceiveEnd runUntilFlushed(Lsn lsn) throws InterruptedException, ExecutionException, TimeoutException {
        WalReceiverSession running = session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(running::run);
        boolean flushed = shared.awaitFlush(lsn, Duration.ofSeconds(10));
        running.stop();
        ReceiveEnd reason = end.get(10, TimeUnit.SECONDS);
        if (!flushed) {
            throw new AssertionError("not flushed: " + lsn + ", but " + shared.flushedUpto());
        }
        return reason;
    }

    byte[] file(String name) throws IOException {
        return Files.readAllBytes(path.resolve(name));
    }

    List<String> files() throws IOException {
        try (var entries = Files.list(path)) {
            return entries.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void onState(WalRcvState from, WalRcvState to) {
        states.add(to);
    }

    @Override
    public void onWarning(String message) {
        warnings.add(message);
    }

    @Override
    public void onDiskFull(boolean full) {
        diskFull.add(full);
    }

    @Override
    public void onSegmentFinished(TimelineId timeline, Lsn end) {
        finished.add(end);
    }

    @Override
    public void close() {
        if (session != null) {
            session.stop();
        }
        directory.close();
    }
}
