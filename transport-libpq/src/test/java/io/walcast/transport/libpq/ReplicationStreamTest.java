// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.EndOfStream.Reason;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.transport.client.Deadline;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplicationStreamTest {
    private static final Lsn START = Lsn.parse("16/B3000000");
    private static final Lsn SERVER_END = Lsn.parse("16/B4000000");
    private static final PgTimestamp SENT_AT = new PgTimestamp(123);

    private final FakeWire server = new FakeWire();
    private final ReplicationStream stream = new ReplicationStream(server.session, false);

    @AfterEach
    void close() {
        server.close();
        LeakRecorder.assertNothingLeaked();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 6, 24, 29, 30, 31, 100, 4096, 1 << 20})
    void deliversWalWhateverThePieces(int pieceBytes) {
        byte[] wal = new byte[10_000];
        new Random(7).nextBytes(wal);
        server.arrive(walFrame(START, Arrays.copyOf(wal, 6000)), pieceBytes)
                .arrive(walFrame(START.plus(6000), Arrays.copyOfRange(wal, 6000, 10_000)), pieceBytes);
        ByteArrayOutputStream received = new ByteArrayOutputStream();

        for (ServerMessage message = receive(); message != null; message = receive()) {
            XLogData data = (XLogData) message;
            assertThat(data.start()).isEqualTo(START.plus(received.size()));
            assertThat(data.serverEnd()).isEqualTo(SERVER_END);
            assertThat(data.sentAt()).isEqualTo(SENT_AT);
            assertThat(data.payload().isReadOnly()).isTrue();
            received.writeBytes(FakeWire.bytes(data.payload()));
        }

        assertThat(received.toByteArray()).isEqualTo(wal);
    }

    private @Nullable ServerMessage receive() {
        server.frames.releaseLent();
        return stream.receive();
    }

    private static byte[] walFrame(Lsn start, byte[] wal) {
        return FakeWire.frame(
                'd',
                ByteBuffer.allocate(25 + wal.length)
                        .put((byte) 'w')
                        .putLong(start.value())
                        .putLong(SERVER_END.value())
                        .putLong(SENT_AT.micros())
                        .put(wal)
                        .array());
    }

    @Test
    void deliversAMessageWithoutWalAsASignOfLife() {
        server.arrive(HexFormat.of().parseHex("640000001d77000000000100000000000000010000000000000000000000"));

        assertThat(receive())
                .isInstanceOfSatisfying(
                        XLogData.class,
                        data -> assertThat(data.payload().hasRemaining()).isFalse());
        assertThat(receive()).isNull();
    }

    @Test
    void deliversAKeepaliveCutAnywhere() {
        byte[] frame = HexFormat.of().parseHex("64000000166bffffffffffffffff000000000000000001");
        for (int size = 1; size <= frame.length; size++) {
            server.arrive(frame, size);

            assertThat(receive()).isEqualTo(new Keepalive(new Lsn(-1), PgTimestamp.NONE, true));
        }
    }

    @Test
    void putsALogicalMessageTogether() {
        byte[] change = new byte[5000];
        new Random(3).nextBytes(change);
        ReplicationStream logical = new ReplicationStream(server.session, true);
        server.arrive(walFrame(START, change), 100);

        assertThat(logical.receive())
                .isInstanceOfSatisfying(
                        XLogData.class,
                        data -> assertThat(FakeWire.bytes(data.payload())).isEqualTo(change));
    }

    @ParameterizedTest
    @CsvSource({
        "6400000004, empty replication message",
        "640000000571, invalid replication message type 113",
        "6400000005ff, invalid replication message type 255",
        "64000000176b000000000000000000000000000000000078, invalid keepalive message received from primary",
        "64000000156b00000000000000000000000000000000, invalid keepalive message received from primary",
        "640000000577, invalid WAL message received from primary",
        "640000001c770000000001000000000000000100000000000000000000, invalid WAL message received from primary",
        "640100001d, CopyData longer than 1 MB (PostgreSQL sends at most 128 KB)",
        "647fffffff, CopyData longer than 1 MB (PostgreSQL sends at most 128 KB)",
        "6400000003, invalid message length",
        "64ffffffff, invalid message length",
        "640000001f77ffffffffffffffff0000000000000000000000000000000078797a, LSN overflow",
        "5a0000000549, 'unexpected message type \"Z\" while streaming'",
        "5700000007000000, 'unexpected message type \"W\" while streaming'",
        "6300000004640000001e7700000000010000000000000001000000000000000000000078, CopyData after CopyDone",
        "63000000046300000004, 'unexpected message type \"c\" while streaming'",
    })
    void refusesWhatCannotBe(String hex, String message) {
        server.arrive(HexFormat.of().parseHex(hex));

        assertThatThrownBy(() -> {
                    while (receive() != null) {
                        // the messages before the bad one
                    }
                })
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessage(message);
    }

    @Test
    void answersEveryTypeByte() {
        for (int type = 0; type < 256; type++) {
            try (FakeWire each = new FakeWire()) {
                each.arrive(FakeWire.frame((char) type, new byte[] {'x', 0, 0}));
                ReplicationStream fresh = new ReplicationStream(each.session, false);
                switch (type) {
                    case 'c' -> assertThat(fresh.receive()).isEqualTo(new EndOfStream(Reason.END_OF_TIMELINE));
                    case 'C' -> assertThat(fresh.receive()).isEqualTo(new EndOfStream(Reason.SHUTDOWN));
                    case 'A', 'N', 'S' -> assertThat(fresh.receive()).isNull();
                    case 'E' -> assertThatThrownBy(fresh::receive).isInstanceOf(ServerErrorException.class);
                    default ->
                        assertThatThrownBy(fresh::receive)
                                .as("type %d", type)
                                .isInstanceOf(ProtocolViolationException.class);
                }
            }
        }
    }

    @Test
    void keepsParametersAndHandsOnNoticesInBetween() {
        server.arrive(FakeWire.frame('S', "in_hot_standby\0off\0".getBytes(US_ASCII)))
                .arrive(FakeWire.frame('N', "SWARNING\0C01000\0Mmind the gap\0\0".getBytes(US_ASCII)));

        assertThat(receive()).isNull();
        assertThat(server.session.parameters()).containsEntry("in_hot_standby", "off");
        assertThat(server.notices)
                .singleElement()
                .satisfies(notice -> assertThat(notice.message()).isEqualTo("mind the gap"));
    }

    @Test
    void comesBackToItsOwnerInAFloodOfNotices() {
        byte[] notice = FakeWire.frame('N', "SWARNING\0C01000\0Mmind the gap\0\0".getBytes(US_ASCII));
        for (int i = 0; i < 100; i++) {
            server.arrive(notice);
        }
        server.arrive(walFrame(START, new byte[100]));
        server.latch.reset();

        assertThat(receive()).isNull();
        assertThat(server.notices).hasSize(64);
        assertThat(server.latch.isSet()).isTrue();
        assertThat(receive()).isInstanceOf(XLogData.class);
        assertThat(server.notices).hasSize(100);
    }

    @Test
    @Timeout(30)
    void drainsThroughAFloodOfNotices() {
        for (int i = 0; i < 200; i++) {
            server.arrive(FakeWire.frame('A', new byte[10]));
        }
        server.arrive(FakeWire.frame('c', new byte[0]));

        stream.drain(Deadline.NEVER, "end of streaming");

        assertThat(stream.state()).isEqualTo(ReplicationStream.State.SERVER_DONE);
    }

    @Test
    void stopsDrainingAFloodWhenCanceledOrLate() {
        server.arrive(walFrame(START, new byte[100])).arrive(FakeWire.frame('c', new byte[0]));

        assertThatThrownBy(() -> stream.drain(new Deadline(System.nanoTime(), false), "end of streaming"))
                .isInstanceOf(ConnectionException.class)
                .hasMessage("end of streaming: timeout expired");
        server.cancellation.request();
        assertThatThrownBy(() -> stream.drain(Deadline.NEVER, "end of streaming"))
                .isInstanceOf(CanceledException.class);
        assertThat(receive()).isInstanceOf(XLogData.class);
    }

    @Test
    void deliversWhatCameBeforeTheServerClosed() {
        server.arrive(walFrame(START, new byte[100])).end();

        assertThat(receive()).isInstanceOf(XLogData.class);
        assertThatThrownBy(this::receive)
                .isInstanceOf(ConnectionException.class)
                .hasMessage("server closed the connection unexpectedly");
    }

    @Test
    void saysSoWhenTheServerClosesInTheMiddleOfAMessage() {
        byte[] frame = walFrame(START, new byte[100]);
        for (int cut : new int[] {1, 4, 5, 6, 20, 29}) {
            try (FakeWire each = new FakeWire()) {
                each.arrive(Arrays.copyOf(frame, cut)).end();
                ReplicationStream fresh = new ReplicationStream(each.session, false);

                assertThatThrownBy(fresh::receive).as("cut at %d", cut).isInstanceOf(ConnectionException.class);
            }
        }
    }

    @Test
    void hasNothingMoreAfterAShutdown() {
        server.arrive(FakeWire.frame('C', "COPY 0\0".getBytes(US_ASCII))).end();

        assertThat(receive()).isEqualTo(new EndOfStream(Reason.SHUTDOWN));
        assertThat(receive()).isNull();
    }

    @Test
    void reportsTheServersErrorWithItsCode() {
        server.arrive(FakeWire.frame(
                'E',
                "SFEHLER\0VERROR\0C58P01\0Mrequested WAL segment has already been removed\0\0".getBytes(US_ASCII)));

        assertThatThrownBy(this::receive).isInstanceOfSatisfying(ServerErrorException.class, e -> {
            assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE);
            assertThat(e.fields().severity()).isEqualTo("ERROR");
        });
    }
}
