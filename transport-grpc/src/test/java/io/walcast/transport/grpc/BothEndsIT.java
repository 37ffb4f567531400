// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.ipc.Latch;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryService;
import io.walcast.testkit.transport.PrimaryStream;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.EndResult;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.grpc.server.GrpcSenderTransport;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our receiving end at our sending end. */
@ExtendWith(QuietGrpc.class)
@Timeout(60)
final class BothEndsIT {
    private static final Lsn START = Lsn.parse("0/3000000");
    private static final TimelineId TWO = TimelineId.of(2);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int WAL_BYTES = 4 << 20;

    private final Latch latch = new Latch();
    private final PrimaryScript script = new PrimaryScript();
    private final PrimaryService service = new PrimaryService(script);
    private final Listener listener = new GrpcSenderTransport()
            .listen(ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), service);

    @AfterEach
    void closeAll() {
        service.close();
        listener.close();
        LeakRecorder.assertNothingLeaked();
    }

    private WalReceiverConnection connect(String compression) {
        String conninfo = "grpc://localhost:%d?compression=%s"
                .formatted(listener.address().getPort(), compression);
        return new GrpcReceiverTransport()
                .connect(ConnectOptions.of(conninfo, latch).withEnvironment(Map.of()));
    }

    private ServerMessage next(WalReceiverConnection connection) {
        ServerMessage message = new BlockingReceiver(connection, latch).receive(SOON);
        assertThat(message).isNotNull();
        return message;
    }

    private static byte[] halfRandomWal() {
        byte[] wal = new byte[WAL_BYTES];
        byte[] piece = new byte[1 << 10];
        Random random = new Random(42);
        for (int at = 0; at < WAL_BYTES; at += 2 * piece.length) {
            random.nextBytes(piece);
            System.arraycopy(piece, 0, wal, at, piece.length);
        }
        return wal;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "zstd", "zstd:level=1"})
    void streamToTheEndOfATimeline(String compression) {
        byte[] wal = halfRandomWal();
        Lsn end = START.plus(WAL_BYTES);
        StatusUpdate status = new StatusUpdate(end, end, Lsn.INVALID, new PgTimestamp(1), false);
        script.stream(new PrimaryStream().wal(START, wal, 128 << 10).endOfTimeline(TWO, end));

        try (WalReceiverConnection connection = connect(compression)) {
            assertThat(connection.identifySystem()).isEqualTo(script.identity());
            connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST));
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            ServerMessage message = next(connection);
            while (message instanceof XLogData data) {
                assertThat(data.start()).isEqualTo(START.plus(received.size()));
                ByteBuffer payload = data.payload();
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                received.writeBytes(bytes);
                message = next(connection);
            }

            assertThat(message).isEqualTo(new EndOfStream(EndOfStream.Reason.END_OF_TIMELINE));
            assertThat(received.toByteArray()).isEqualTo(wal);
            assertThat(connection.send(status)).isTrue();
            await().atMost(SOON).until(() -> status.equals(script.journal().lastStatus()));
            assertThat(connection.endStreaming()).isEqualTo(new EndResult(TWO, end));
            assertThat(connection.identifySystem()).isEqualTo(script.identity());
        }
    }

    /** What came but was not asked for yet is given back, too. */
    @RepeatedTest(5)
    void loseNothingWhenAStreamIsCutShort() {
        script.stream(new PrimaryStream().wal(START, halfRandomWal(), 8 << 10));

        try (WalReceiverConnection connection = connect("none")) {
            connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST));
            assertThat(next(connection)).isInstanceOf(XLogData.class);
            await().atMost(SOON).until(() -> script.journal().sentMessages() > 20);
        }
    }
}
