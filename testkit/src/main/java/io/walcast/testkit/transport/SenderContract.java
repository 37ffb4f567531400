// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.testkit.service.ScriptedChunk;
import io.walcast.testkit.service.ScriptedService;
import io.walcast.testkit.service.ScriptedSession;
import io.walcast.testkit.service.ScriptedWalStream;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FromServer.Wal;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalSenderTransport;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What all parts of the sending end's contract stand on: one scripted service, a listener, standbys, and helpers. */
@Timeout(120)
abstract class SenderContract {
    /** How long anything may take that should happen at once. */
    static final Duration SOON = Duration.ofSeconds(30);

    /** How long to see that something does not happen. */
    static final Duration QUIET = Duration.ofMillis(200);

    private static final int CONNECTIONS = 120;
    private static final Duration POLL = Duration.ofMillis(5);

    static final Lsn START = Lsn.parse("0/3000000");
    static final TimelineId ONE = TimelineId.FIRST;

    final ScriptedService service = new ScriptedService();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<ScriptedStandby> standbys = new ArrayList<>();
    private @Nullable Listener listener;

    /** Returns the transport to prove. */
    protected abstract WalSenderTransport transport();

    /**
     * Connects a standby to what listens at {@code address}, and waits until its session has begun.
     *
     * @throws io.walcast.core.error.ServerErrorException with the server's own fields if it is refused
     */
    protected abstract ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) throws Exception;

    /** Returns whether standbys connect with TLS; then {@link #listenOptions} and {@link #connect} must say so, too. */
    protected boolean isEncrypted() {
        return false;
    }

    /** Returns what to listen with: without TLS, on a free port of the loopback, with room for 120 connections. */
    protected ListenOptions listenOptions() {
        Limits limits = Limits.DEFAULT;
        return ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .withLimits(new Limits(
                        limits.handshakeTimeout(),
                        limits.unauthenticated(),
                        limits.unauthenticatedPerAddress(),
                        CONNECTIONS,
                        limits.sendBufferBytes(),
                        limits.commandBytes()));
    }

    /** Returns how many bytes may be under way beyond the send buffer limit, in the operating system for example. */
    protected int bytesUnderWay() {
        return 0;
    }

    /** Fails if the transport has not given back all it took; called when every connection and listener is closed. */
    protected void checkForLeaks() {}

    @AfterEach
    void closeAllAndCheckTheCalls() {
        standbys.forEach(ScriptedStandby::close);
        service.sessions().forEach(session -> awaitClosed(session));
        listeners.forEach(Listener::close);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(chunks())
                        .allSatisfy(chunk ->
                                assertThat(chunk.closes()).as("chunk closed").isEqualTo(1)));
        assertThat(service.complaints()).isEmpty();
        checkForLeaks();
    }

    private List<ScriptedChunk> chunks() {
        return service.sessions().stream()
                .flatMap(session -> session.streams().stream())
                .flatMap(stream -> stream.chunks().stream())
                .toList();
    }

    /** Waits for what should happen at once; sees it at once. */
    static ConditionFactory soon() {
        return await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(POLL);
    }

    static CloseReason awaitClosed(ScriptedSession session) {
        return session.closed()
                .orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Returns the listener that {@link #standby} connects to. */
    final Listener listener() {
        Listener current = listener;
        if (current == null) {
            current = listen(service);
            listener = current;
        }
        return current;
    }

    final Listener listen(ReplicationService with) {
        Listener opened = transport().listen(listenOptions(), with);
        listeners.add(opened);
        return opened;
    }

    /** Connects a standby to the service. */
    final ScriptedStandby standby() {
        return standby(listener(), StandbyLogin.PHYSICAL);
    }

    final ScriptedStandby standby(Listener at, StandbyLogin login) {
        try {
            ScriptedStandby connected = connect(at.address(), login);
            standbys.add(connected);
            return connected;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("the standby could not connect", e);
        }
    }

    final ScriptedSession session(ScriptedStandby standby) {
        return service.awaitSession(standby.pid(), SOON);
    }

    /** Connects a standby that streams what {@code content} puts into its stream, then waits. */
    final ScriptedStandby streaming(Consumer<ScriptedWalStream> content) {
        onStart(content);
        ScriptedStandby standby = standby();
        start(standby);
        return standby;
    }

    /** Has every command answered with a stream that is filled by {@code content}, and completed when it has ended. */
    final void onStart(Consumer<ScriptedWalStream> content) {
        service.onCommand((session, command, reply) -> {
            ScriptedWalStream stream = session.newStream().onEnded(() -> {
                reply.commandComplete("START_STREAMING");
                reply.ready();
            });
            content.accept(stream);
            reply.copyBoth(stream);
        });
    }

    static void start(ScriptedStandby standby) {
        assertThat(standby.start(START, ONE, SOON)).isEqualTo(new FromServer.CopyBoth());
    }

    /** Returns the latest stream of a standby's session. */
    final ScriptedWalStream stream(ScriptedStandby standby) {
        List<ScriptedWalStream> streams = session(standby).streams();
        return streams.get(streams.size() - 1);
    }

    /** Reads that many bytes of WAL, without a gap, and returns them; anything else in between fails. */
    static byte[] readWal(ScriptedStandby standby, Lsn start, int bytes) {
        ByteArrayOutputStream wal = new ByteArrayOutputStream(bytes);
        while (wal.size() < bytes) {
            FromServer message = standby.next(SOON);
            assertThat(message).isInstanceOf(Wal.class);
            Wal piece = (Wal) message;
            assertThat(piece.start()).isEqualTo(start.plus(wal.size()));
            append(piece, wal);
        }
        return wal.toByteArray();
    }

    static void append(Wal piece, ByteArrayOutputStream wal) {
        ByteBuffer bytes = piece.bytes().duplicate();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        wal.writeBytes(copy);
    }

    static StatusUpdate status(long n) {
        Lsn position = START.plus(n);
        return new StatusUpdate(position, position, Lsn.INVALID, new PgTimestamp(n), false);
    }

    static byte[] randomWal(int bytes) {
        byte[] wal = new byte[bytes];
        new Random(42).nextBytes(wal);
        return wal;
    }
}
