// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicationTapTest {
    private static final int SSL_REQUEST = 80877103;
    private static final int PROTOCOL_3 = 3 << 16;

    private final ReplicationTap tap = new ReplicationTap();
    private final Tap.Wire wire = tap.opened(0);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 10_000})
    void followsAConversationHoweverItIsSplit(int pieceBytes) {
        List<StandbyStatus> told = new ArrayList<>();
        tap.onStatus(told::add);

        seen(Direction.TO_SERVER, pieceBytes, untagged(SSL_REQUEST, ""));
        seen(Direction.TO_CLIENT, pieceBytes, new byte[] {'N'});
        seen(Direction.TO_SERVER, pieceBytes, untagged(PROTOCOL_3, "user\0me\0replication\0true\0\0"));
        seen(Direction.TO_SERVER, pieceBytes, tagged('Q', text("IDENTIFY_SYSTEM\0")));
        seen(Direction.TO_CLIENT, pieceBytes, tagged('d', wal(0x1000, 5000)));
        seen(Direction.TO_CLIENT, pieceBytes, tagged('d', wal(0x2388, 12)));
        seen(Direction.TO_CLIENT, pieceBytes, tagged('d', keepalive(0x3000, true)));
        seen(Direction.TO_SERVER, pieceBytes, tagged('d', status(0x2000, 0x1000, 0)));
        seen(Direction.TO_SERVER, pieceBytes, tagged('d', status(0x2394, 0, 0)));
        seen(Direction.TO_CLIENT, pieceBytes, tagged('E', text("SERROR\0C57P01\0Mgoing down\0\0")));
        wire.closed();

        ReplicationConversation conversation = tap.conversations().get(0);
        assertThat(conversation.parameters()).isEqualTo(Map.of("user", "me", "replication", "true"));
        assertThat(conversation.queries()).containsExactly("IDENTIFY_SYSTEM");
        assertThat(conversation.walBytes()).isEqualTo(5012);
        assertThat(conversation.sentUpTo()).isEqualTo(new Lsn(0x2394));
        assertThat(conversation.keepalives())
                .singleElement()
                .satisfies(keepalive -> assertThat(keepalive.replyRequested()).isTrue())
                .satisfies(keepalive -> assertThat(keepalive.serverEnd()).isEqualTo(new Lsn(0x3000)));
        assertThat(conversation.statuses()).extracting(StandbyStatus::write).containsExactly(lsns(0x2000, 0x2394));
        assertThat(conversation.statuses()).isEqualTo(told);
        assertThat(conversation.maxFlush()).isEqualTo(new Lsn(0x1000));
        assertThat(conversation.errors()).containsExactly("57P01 going down");
        assertThat(conversation.isClosed()).isTrue();
        assertThat(conversation.isEncrypted()).isFalse();
    }

    @Test
    void seesNothingMoreOfAConnectionThatTurnsToTls() {
        seen(Direction.TO_SERVER, 100, untagged(SSL_REQUEST, ""));
        seen(Direction.TO_CLIENT, 100, new byte[] {'S'});
        seen(Direction.TO_SERVER, 100, tagged('Q', text("IDENTIFY_SYSTEM\0")));

        assertThat(tap.conversations().get(0).isEncrypted()).isTrue();
        assertThat(tap.queries()).isEmpty();
    }

    @Test
    void seesNothingOfAConnectionThatBeginsWithTls() {
        seen(Direction.TO_SERVER, 100, new byte[] {0x16, 3, 1, 0, 5, 1});

        assertThat(tap.conversations().get(0).isEncrypted()).isTrue();
    }

    @Test
    void waitsForAFlushPositionAndNoLongerThanAllowed() {
        seen(Direction.TO_SERVER, 100, untagged(PROTOCOL_3, "\0"));
        seen(Direction.TO_SERVER, 100, tagged('d', status(9, 8, 0)));

        assertThat(tap.awaitFlush(new Lsn(8), Duration.ofSeconds(1))).isTrue();
        assertThat(tap.awaitFlush(new Lsn(9), Duration.ofMillis(1))).isFalse();
    }

    private void seen(Direction direction, int pieceBytes, byte[] bytes) {
        for (int offset = 0; offset < bytes.length; offset += pieceBytes) {
            wire.seen(direction, ByteBuffer.wrap(bytes, offset, Math.min(pieceBytes, bytes.length - offset)));
        }
    }

    private static Lsn[] lsns(long... values) {
        return LongStream.of(values).mapToObj(Lsn::new).toArray(Lsn[]::new);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] untagged(int code, String rest) {
        byte[] body = text(rest);
        return ByteBuffer.allocate(8 + body.length)
                .putInt(8 + body.length)
                .putInt(code)
                .put(body)
                .array();
    }

    private static byte[] tagged(char tag, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) tag)
                .putInt(4 + body.length)
                .put(body)
                .array();
    }

    private static byte[] wal(long start, int length) {
        return ByteBuffer.allocate(25 + length)
                .put((byte) 'w')
                .putLong(start)
                .putLong(start + length)
                .putLong(0)
                .array();
    }

    private static byte[] keepalive(long end, boolean reply) {
        return ByteBuffer.allocate(18)
                .put((byte) 'k')
                .putLong(end)
                .putLong(0)
                .put((byte) (reply ? 1 : 0))
                .array();
    }

    private static byte[] status(long write, long flush, long apply) {
        return ByteBuffer.allocate(34)
                .put((byte) 'r')
                .putLong(write)
                .putLong(flush)
                .putLong(apply)
                .putLong(0)
                .put((byte) 0)
                .array();
    }
}
