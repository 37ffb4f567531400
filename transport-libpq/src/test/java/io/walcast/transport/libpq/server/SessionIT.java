// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.libpq.LeakRecorder;
import io.walcast.transport.libpq.server.FrontendClient.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session over a real socket: startup, commands, streaming both ways, and its ends. */
@Timeout(60)
class SessionIT {
    private static final int WAL_BYTES = 3_000_001;

    private FakeWal wal;
    private FakeService service;
    private Listener listener;

    @BeforeEach
    void listen(@TempDir Path directory) {
        wal = FakeWal.create(directory, WAL_BYTES);
        service = new FakeService(wal);
        listener = new LibpqSenderTransport()
                .listen(ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), service);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        assertThat(wal.leased).hasValue(0);
        wal.close();
        LeakRecorder.assertNothingLeaked();
    }

    private FrontendClient connect() throws IOException {
        return FrontendClient.connect(listener.address());
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
            listener.close();

            assertThat(service.sessions.get(0).closed).containsExactly(CloseReason.LISTENER_CLOSED);
            assertThat(client.read().type()).isEqualTo((char) 0);
        }
    }
}
