// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.core.storage.FileMode;
import io.walcast.guc.Settings;
import io.walcast.testkit.FakeClock;
import io.walcast.testkit.storage.FaultyFileSystem;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.Outbound;
import io.walcast.transport.SessionRequest;
import io.walcast.walsender.FakeChunks.FakeChunk;
import io.walcast.walsender.slot.ReplicationSlots;
import io.walcast.walsender.slot.SlotOptions;
import io.walcast.walsender.slot.WalKeepLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A walsender service over WAL in memory, on a clock that stands still, without threads: what goes to the executor runs when a
 * test says so, or at once; the agent turns when a test says so.
 */
final class SenderRig {
    static final int MAX_BYTES = 128 * 1024;

    final FakeClock clock = new FakeClock();
    final FakeServedWal wal;
    final FaultyFileSystem disk = new FaultyFileSystem();
    final ReplicationSlots slots;
    final WalSenderService service;
    final FakeChunks chunks = new FakeChunks();
    final Deque<Runnable> io = new ArrayDeque<>();
    private boolean ioWaits;
    private Settings settings = Settings.DEFAULTS;

    SenderRig() {
        this(18);
    }

    SenderRig(int major) {
        wal = new FakeServedWal(major);
        wal.moveTo(1, "0/300000");
        slots = ReplicationSlots.open(
                disk,
                Path.of("/pg_replslot"),
                new SlotOptions(3, WalKeepLimits.DEFAULT, FileMode.OWNER, clock, fields -> {}));
        WalSenderConfig config = new WalSenderConfig(wal, slots, FakeAccess::new, () -> settings, this::runIo, clock);
        service = new WalSenderService(config, () -> chunks, failure -> {});
    }

    private void runIo(Runnable task) {
        if (ioWaits) {
            io.add(task);
        } else {
            task.run();
        }
    }

    /** Has what goes to the executor wait for {@link #finishIo}. */
    void holdIo() {
        ioWaits = true;
    }

    void finishIo() {
        ioWaits = false;
        while (!io.isEmpty()) {
            io.remove().run();
        }
    }

    void set(String name, String value) {
        settings = settings.with(name, value);
    }

    /** One session, its peer, and what was answered. */
    final class Client {
        final RecordedPeer peer = new RecordedPeer();
        final WalSender session;
        RecordedReply reply = new RecordedReply();

        Client(Map<String, String> parameters) {
            session = (WalSender) service.open(request(Mode.PHYSICAL, "rep", parameters), peer);
        }

        /** Executes a command and returns the messages of its answer so far. */
        List<String> execute(ReplicationCommand command) {
            reply = new RecordedReply();
            session.execute(command, reply);
            return reply.messages();
        }

        /** Starts to stream and returns the messages of the answer so far. */
        List<String> start(@Nullable String slot, String at, int timeline) {
            return execute(new StartReplication(slot, Lsn.parse(at), timeline == 0 ? null : TimelineId.of(timeline)));
        }

        @Nullable
        Outbound next() {
            return reply.stream().next(MAX_BYTES);
        }

        /** Pulls until there is nothing and nobody says otherwise, and returns what came, a line for each. */
        List<String> pull() {
            List<String> came = new ArrayList<>();
            do {
                peer.takeWakes();
                for (Outbound next = next(); next != null; next = next()) {
                    came.add(line(next));
                }
            } while (peer.takeWakes() > 0);
            return came;
        }

        void report(String write, String flush, String apply, boolean replyRequested) {
            session.received(new StatusUpdate(
                    Lsn.parse(write), Lsn.parse(flush), Lsn.parse(apply), new PgTimestamp(5), replyRequested));
        }

        void report(String all) {
            report(all, all, all, false);
        }

        void feedback(int xmin, int epoch, int catalogXmin) {
            session.received(new HotStandbyFeedback(new PgTimestamp(6), xmin, epoch, catalogXmin, epoch));
        }

        List<String> messages() {
            return reply.messages();
        }
    }

    private static String line(Outbound outbound) {
        if (outbound instanceof FakeChunk chunk) {
            return "w " + chunk.start() + "-" + chunk.end() + " of " + chunk.serverEnd();
        }
        if (outbound instanceof Outbound.Keepalive keepalive) {
            return "k " + keepalive.walEnd() + (keepalive.replyRequested() ? " reply" : "");
        }
        return outbound instanceof Outbound.CopyDone ? "c" : "shutdown";
    }

    Client connect() {
        return new Client(Map.of("application_name", "standby1"));
    }

    Client connect(Map<String, String> parameters) {
        return new Client(parameters);
    }

    /** Connects and streams from {@code at} on the current timeline. */
    Client stream(@Nullable String slot, String at) {
        Client client = connect();
        client.execute(new IdentifySystem());
        client.start(slot, at, 0);
        return client;
    }

    static SessionRequest request(Mode mode, String user, Map<String, String> parameters) {
        return new SessionRequest(
                mode, user, null, parameters, "memory", null, null, new CancelKey(new byte[] {1, 2, 3, 4}));
    }

    /** Lets time pass and has the agent look. */
    long advance(Duration time) {
        clock.advance(time);
        return turn();
    }

    long turn() {
        return service.turn();
    }
}
