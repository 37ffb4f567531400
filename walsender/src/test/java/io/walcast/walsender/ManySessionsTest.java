// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.guc.Settings;
import io.walcast.ipc.Clock;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.storage.FaultyFileSystem;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.Outbound;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.WalChunk;
import io.walcast.walsender.slot.ReplicationSlots;
import io.walcast.walsender.slot.SlotOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service as it runs: its own agent, the shared segments, a pool, and transports that are event loops. */
@Timeout(60)
final class ManySessionsTest {
    private static final Lsn START = Lsn.parse("0/100000");
    private static final int SESSIONS = 40;

    private final FakeServedWal wal = new FakeServedWal(18);
    private final FaultyFileSystem disk = new FaultyFileSystem();
    private final ExecutorService io = Executors.newFixedThreadPool(2);
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final SyntheticWal expected =
            new SyntheticWal(FakeServedWal.SYSTEM, TimelineId.FIRST, FakeServedWal.SEGMENT_SIZE, 1);
    private final ReplicationSlots slots =
            ReplicationSlots.open(disk, Path.of("/pg_replslot"), SlotOptions.defaults(fields -> {}));
    private final WalSegments segments = new WalSegments(wal, Clock.system(), WalSegmentsOptions.DEFAULTS);
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private WalSenderService service = start();

    private WalSenderService start() {
        Settings settings = Settings.DEFAULTS.with("max_wal_senders", "100");
        return WalSenderService.start(
                WalSenderConfig.of(wal, slots, FakeAccess::new, io).withSettings(() -> settings),
                segments,
                failures::add);
    }

    @BeforeEach
    void someWal() {
        wal.moveTo(1, "0/180000");
    }

    @AfterEach
    void stop() {
        service.close();
        segments.close();
        loop.shutdown();
        io.shutdown();
        slots.close();
    }

    /** A connection on the one event loop there is. */
    private final class LoopClient implements SessionPeer {
        private final ReplicationSession session =
                service.open(SenderRig.request(Mode.PHYSICAL, "rep", Map.of()), this);
        private final RecordedReply reply = new RecordedReply();
        private final CountDownLatch over = new CountDownLatch(1);
        private final AtomicReference<Lsn> received = new AtomicReference<>(START);
        private volatile boolean stuck;
        private volatile boolean closed;

        void start() {
            loop.execute(() -> session.execute(new StartReplication(null, START, null), reply));
        }

        private void pull() {
            if (closed || stuck || !reply.messages().contains("W")) {
                return;
            }
            Outbound next = reply.stream().next(SenderRig.MAX_BYTES);
            if (next == null) {
                return;
            }
            if (next instanceof WalChunk chunk) {
                take(chunk);
            } else if (next instanceof Outbound.Shutdown) {
                close();
            }
            loop.execute(this::pull);
        }

        private void take(WalChunk chunk) {
            byte[] bytes = new byte[chunk.length()];
            chunk.buffer().get(bytes);
            chunk.close();
            assertThat(chunk.start()).isEqualTo(received.get());
            assertThat(bytes).isEqualTo(expected.bytes(chunk.start(), chunk.length()));
            Lsn end = chunk.start().plus(chunk.length());
            received.set(end);
            session.received(new StatusUpdate(end, end, end, PgTimestamp.NONE, false));
        }

        private void close() {
            if (!closed) {
                closed = true;
                session.closed(CloseReason.ENDED_BY_SERVER);
                over.countDown();
            }
        }

        @Override
        public void wake() {
            loop.execute(this::pull);
        }

        @Override
        public void notice(ErrorFields fields) {}

        @Override
        public void parameterChanged(String name, String value) {}

        @Override
        public void terminate(ErrorFields fields) {
            loop.execute(this::close);
        }

        @Override
        public void drop() {
            loop.execute(this::close);
        }
    }

    private List<LoopClient> connect() {
        List<LoopClient> clients = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            LoopClient client = new LoopClient();
            clients.add(client);
            client.start();
        }
        await(() -> clients.stream().allMatch(client -> client.reply.messages().contains("W")));
        clients.forEach(LoopClient::wake);
        return clients;
    }

    private void await(List<LoopClient> clients, Lsn end) {
        await(() -> clients.stream().allMatch(client -> end.equals(client.received.get())));
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    @Test
    void allGetEveryByteAndAreToldWhenItIsOver() throws InterruptedException {
        List<LoopClient> clients = connect();
        LoopClient stuck = clients.get(0);
        stuck.stuck = true;
        List<LoopClient> others = clients.subList(1, SESSIONS);
        Lsn end = Lsn.parse("0/180000");
        for (int i = 0; i < 200; i++) {
            end = end.plus(7919);
            wal.moveTo(1, end);
        }
        await(others, end);
        assertThat(service.replication()).hasSize(SESSIONS).allMatch(row -> row.sent() != null);

        stuck.stuck = false;
        stuck.wake();
        assertThat(service.stop(Duration.ofSeconds(30))).isTrue();

        for (LoopClient client : clients) {
            assertThat(client.over.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.received.get()).isEqualTo(end);
        }
        assertThat(service.replication()).isEmpty();
    }

    @Test
    void anAgentThatEndsEndsTheSessionsThatItWouldHaveWoken() {
        List<LoopClient> clients = connect();
        await(() -> wal.watchers() == 1);
        IllegalStateException bug = new IllegalStateException("bug");
        service.wakeupFailed(bug);
        assertThat(failures).containsExactly(bug);
        await(() -> clients.stream().allMatch(client -> client.closed));
        assertThat(service.replication()).isEmpty();
    }

    @Test
    void whoDoesNotReadIsCutOffAtTheEnd() {
        List<LoopClient> clients = connect();
        await(clients, Lsn.parse("0/180000"));
        clients.get(7).stuck = true;
        wal.moveTo(1, "0/190000");
        assertThat(service.stop(Duration.ofMillis(500))).isFalse();
        assertThat(service.replication()).isEmpty();
        assertThat(clients.subList(8, SESSIONS))
                .allMatch(client -> Lsn.parse("0/190000").equals(client.received.get()));
    }

    @Test
    void closingLeavesNobodyBehind() {
        service.close();
        assertThat(wal.watchers()).isZero();
        service = start();
        assertThat(service.stop(Duration.ZERO)).isTrue();
    }
}
