// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Outbound;
import io.walcast.transport.WalChunk;
import io.walcast.transport.libpq.server.FrontendClient.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session over a real socket: startup, commands, streaming both ways, and its ends. */
@Timeout(60)
class SessionIT {
    private static final int WAL_BYTES = ServerUnderTest.WAL_BYTES;

    private ServerUnderTest server;
    private FakeWal wal;
    private FakeService service;

    @BeforeEach
    void listen(@TempDir Path directory) {
        server = ServerUnderTest.start(directory);
        wal = server.wal;
        service = server.service;
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private FrontendClient connect() throws IOException {
        return server.connect();
    }

    @Test
    void startsWithParametersKeyAndReady() throws IOException {
        try (FrontendClient client = connect()) {
            client.startup("user", "rep", "replication", "true");

            assertThat(client.typesUntil('Z')).isEqualTo("RSSSKZ");
            assertThat(service.sessions.get(0).request.user()).isEqualTo("rep");
        }
    }

    @Test
    void answersCommandsOneAfterTheOtherThoughSentAtOnce() throws IOException {
        try (FrontendClient client = connect().logIn()) {
            client.query("IDENTIFY_SYSTEM")
                    .query("SHOW wal_segment_size")
                    .query("SELECT 1")
                    .query("BOGUS X");

            assertThat(client.typesUntil('Z')).isEqualTo("TDCZ");
            assertThat(client.typesUntil('Z')).isEqualTo("TDCZ");
            assertThat(client.typesUntil('Z')).isEqualTo("EZ");
            assertThat(client.typesUntil('Z')).isEqualTo("EZ");
        }
    }

    @Test
    void streamsTheFileThenEndsWhenTheClientDoes() throws Exception {
        try (FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/1000000 TIMELINE 1");
            assertThat(client.read().type()).isEqualTo('W');
            assertThat(payload(client)).isEqualTo(wal.bytes);

            client.message('d', status());
            assertThat(service.sessions.get(0).received.poll(5, TimeUnit.SECONDS))
                    .isInstanceOf(StatusUpdate.class);
            client.message('c');
            assertThat(client.typesUntil('Z')).isEqualTo("cCCZ");
            client.query("IDENTIFY_SYSTEM");
            assertThat(client.typesUntil('Z')).isEqualTo("TDCZ");
            client.message('X');
            assertThat(service.sessions.get(0).closed.poll(5, TimeUnit.SECONDS))
                    .isEqualTo(CloseReason.TERMINATED_BY_PEER);
        }
    }

    private static byte[] payload(FrontendClient client) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        while (received.size() < WAL_BYTES) {
            Message message = client.read();
            assertThat(message.type()).isEqualTo('d');
            assertThat(message.body()[0]).isEqualTo((byte) 'w');
            received.write(message.body(), 25, message.body().length - 25);
        }
        return received.toByteArray();
    }

    private static byte[] status() {
        byte[] status = new byte[34];
        status[0] = 'r';
        return status;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBrokenInvariantEndsTheConnectionAndNoOther(boolean isError) throws Exception {
        try (FrontendClient other = connect().logIn();
                FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/1000000 TIMELINE 1");
            assertThat(client.read().type()).isEqualTo('W');
            assertThat(payload(client)).isEqualTo(wal.bytes);
            FakeSession session = service.sessions.get(1);
            session.failures.add(() -> {
                if (isError) {
                    throw new AssertionError("a broken invariant");
                }
                throw new IllegalStateException("a broken invariant");
            });
            session.peer.wake();

            Message last = client.read();
            assertThat(last.toString()).isEqualTo("E FATAL XX000 internal error");
            assertThat(session.closed.poll(5, TimeUnit.SECONDS)).isEqualTo(CloseReason.ENDED_BY_SERVER);
            assertThat(wal.leased).hasValue(0);
            other.query("IDENTIFY_SYSTEM");
            assertThat(other.typesUntil('Z')).isEqualTo("TDCZ");
        }
    }

    @Test
    void givesBackWhatIsLeasedWhenTheClientGoesAway() throws Exception {
        try (FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/1000000 TIMELINE 1");
            assertThat(client.read().type()).isEqualTo('W');
        }
        assertThat(service.sessions.get(0).closed.poll(5, TimeUnit.SECONDS)).isEqualTo(CloseReason.CONNECTION_LOST);
        assertThat(wal.leased).hasValue(0);
    }

    @Test
    void refusesAQueryWhileStreaming() throws IOException {
        try (FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/12DC6C1 TIMELINE 1");
            assertThat(client.read().type()).isEqualTo('W');
            client.query("IDENTIFY_SYSTEM");

            Message error = client.read();
            assertThat(error.toString()).isEqualTo("E FATAL 08P01 invalid standby message type \"Q\"");
            assertThat(client.read().type()).isEqualTo((char) 0);
        }
    }

    @Test
    void tellsEverySessionWhenTheListenerIsClosed() throws Exception {
        try (FrontendClient client = connect().logIn()) {
            server.listener.close();

            assertThat(service.sessions.get(0).closed).containsExactly(CloseReason.LISTENER_CLOSED);
            assertThat(client.read().type()).isEqualTo((char) 0);
        }
    }

    @Test
    void refusesTheExtendedProtocolUntilSync() throws IOException {
        try (FrontendClient client = connect().logIn()) {
            client.message('P', new byte[4]).query("IDENTIFY_SYSTEM").message('S');

            assertThat(client.read().toString())
                    .isEqualTo("E ERROR 08P01 extended query protocol not supported in a replication connection");
            assertThat(client.typesUntil('Z')).isEqualTo("Z");
            client.message('F', new byte[8]);
            assertThat(client.read().toString())
                    .isEqualTo("E ERROR 08P01 fastpath function calls not supported in a replication connection");
            assertThat(client.typesUntil('Z')).isEqualTo("Z");
        }
    }

    @Test
    void ignoresWhatIsLeftOfACopy() throws IOException {
        try (FrontendClient client = connect().logIn()) {
            client.message('d', status()).message('c').message('f', new byte[1]).message('H');
            client.query("SHOW wal_segment_size");

            assertThat(client.typesUntil('Z')).isEqualTo("TDCZ");
        }
    }

    @Test
    void closesOnAMessageThatNobodyKnowsAndOnOneThatIsTooLong() throws IOException {
        try (FrontendClient client = connect().logIn()) {
            client.message('p', new byte[1]);
            assertThat(client.read().toString()).isEqualTo("E FATAL 08P01 invalid frontend message type 112");
            assertThat(client.typesUntil('Z')).isEqualTo(".");
        }
        try (FrontendClient client = connect().logIn()) {
            client.raw("5100010000");
            assertThat(client.read().toString()).startsWith("E FATAL 54000 command longer than 16384 bytes");
            assertThat(client.typesUntil('Z')).isEqualTo(".");
        }
    }

    @Test
    void closesWithoutAWordOnAStandbyMessageThatNobodyKnows() throws Exception {
        try (FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/12DC6C1");
            assertThat(client.read().type()).isEqualTo('W');
            client.message('d', (byte) 'z');

            assertThat(client.typesUntil('Z')).isEqualTo(".");
            assertThat(server.session().closed.poll(5, TimeUnit.SECONDS)).isEqualTo(CloseReason.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void handsACancelRequestOnAndNeverAnswersIt() throws Exception {
        try (FrontendClient client = connect()) {
            client.packet(FrontendClient.CANCEL_REQUEST, new byte[] {0, 0, 0, 7, 1, 2, 3, 4});

            assertThat(client.readByte()).isEqualTo(-1);
            FakeService.Canceled canceled = service.cancels.poll(5, TimeUnit.SECONDS);
            assertThat(canceled).isNotNull();
            assertThat(canceled.pid()).isEqualTo(7);
            assertThat(canceled.key().secret()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void sendsNothingAfterItsLastWordThoughTheSessionWakes() throws Exception {
        try (FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/12DC6C1");
            assertThat(client.read().type()).isEqualTo('W');
            client.query("IDENTIFY_SYSTEM");
            assertThat(client.read().type()).isEqualTo('E');
            FakeSession session = server.session();
            session.outbounds.add(new Outbound.Keepalive(FakeWal.START, new PgTimestamp(1), true));
            session.peer.wake();

            assertThat(client.typesUntil('Z')).isEqualTo(".");
        }
    }

    /** A receiver of PostgreSQL writes what comes without a look at its position: a chunk that is lost must be the last. */
    @Test
    void endsTheConnectionWhenAChunkIsLostForWantOfMemory() throws Exception {
        try (FrontendClient client = connect().logIn()) {
            client.query("START_REPLICATION 0/12DC6C1");
            assertThat(client.read().type()).isEqualTo('W');
            FakeSession session = server.session();
            UnreadableChunk chunk = new UnreadableChunk(server.wal.chunk(FakeWal.START, 8192));
            session.outbounds.add(chunk);
            session.outbounds.add(new Outbound.Keepalive(FakeWal.START, new PgTimestamp(1), true));
            session.peer.wake();

            assertThat(client.typesUntil('d')).isEqualTo("E.");
            assertThat(session.closed.take()).isEqualTo(CloseReason.ENDED_BY_SERVER);
            assertThat(server.wal.leased).hasValue(0);
        }
    }

    private record UnreadableChunk(WalChunk chunk) implements WalChunk {
        @Override
        public Lsn start() {
            return chunk.start();
        }

        @Override
        public Lsn serverEnd() {
            return chunk.serverEnd();
        }

        @Override
        public PgTimestamp sentAt() {
            return chunk.sentAt();
        }

        @Override
        public int length() {
            return chunk.length();
        }

        @Override
        public @Nullable FileChannel file() {
            return null;
        }

        @Override
        public long fileOffset() {
            return 0;
        }

        @Override
        public ByteBuffer buffer() {
            throw new OutOfMemoryError("by intention");
        }

        @Override
        public void close() {
            chunk.close();
        }
    }
}
