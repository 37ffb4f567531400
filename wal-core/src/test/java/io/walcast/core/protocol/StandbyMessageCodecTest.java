// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StandbyMessageCodecTest {
    private static final List<StandbyMessage> SAMPLES = List.of(
            new StatusUpdate(
                    Lsn.parse("FFFFFFFF/FFFFFFFF"),
                    Lsn.parse("16/F0000000"),
                    Lsn.INVALID,
                    new PgTimestamp(Long.MIN_VALUE),
                    true),
            new HotStandbyFeedback(new PgTimestamp(1), -1, Integer.MIN_VALUE, 700, 0));

    private static List<StandbyMessage> samples() {
        return SAMPLES;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsWhatItWrites(StandbyMessage message) {
        assertThat(StandbyMessageCodec.decode(encoded(message))).isEqualTo(message);
    }

    @Test
    void hasASampleOfEveryMessage() {
        Set<Class<?>> sampled = SAMPLES.stream().map(Object::getClass).collect(Collectors.toSet());

        assertThat(sampled).isEqualTo(Set.of(StandbyMessage.class.getPermittedSubclasses()));
    }

    @Test
    void writesWhatPostgresReads() {
        StatusUpdate update =
                new StatusUpdate(Lsn.parse("0/1000001"), Lsn.parse("0/1000000"), Lsn.INVALID, new PgTimestamp(5), true);

        assertThat(encoded(update))
                .isEqualTo(ByteBuffer.wrap(HexFormat.of()
                        .parseHex("72000000000100000100000000010000000000000000000000000000000000000501")));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void refusesEveryTruncation(StandbyMessage message) {
        ByteBuffer whole = encoded(message);
        for (int length = 0; length < whole.limit(); length++) {
            ByteBuffer cut = whole.duplicate().limit(length);
            assertThatThrownBy(() -> StandbyMessageCodec.decode(cut))
                    .isInstanceOf(ProtocolViolationException.class)
                    .hasMessage("insufficient data left in message");
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsAsFarAsItKnowsAMessageThatALaterVersionMadeLonger(StandbyMessage message) {
        ByteBuffer longer =
                ByteBuffer.allocate(64).put(encoded(message)).put(new byte[5]).flip();

        assertThat(StandbyMessageCodec.decode(longer)).isEqualTo(message);
        assertThat(longer.hasRemaining()).isFalse();
    }

    private static IntStream allTypes() {
        return IntStream.rangeClosed(0, 255);
    }

    @ParameterizedTest
    @MethodSource("allTypes")
    void refusesEveryTypeButItsOwn(int type) {
        ByteBuffer body = ByteBuffer.allocate(64).put(0, (byte) type);
        boolean known = type == StandbyMessageCodec.STATUS_UPDATE || type == StandbyMessageCodec.HOT_STANDBY_FEEDBACK;

        if (known) {
            assertThat(StandbyMessageCodec.decode(body)).isNotNull();
        } else {
            assertThatThrownBy(() -> StandbyMessageCodec.decode(body))
                    .isInstanceOf(ProtocolViolationException.class)
                    .hasMessageMatching("unexpected message type (\"[!-~]\"|0x[0-9a-f]{2})");
        }
    }

    private static ByteBuffer encoded(StandbyMessage message) {
        ByteBuffer out = ByteBuffer.allocate(StandbyMessageCodec.STATUS_UPDATE_BYTES);
        StandbyMessageCodec.encode(message, out);
        return out.flip();
    }
}
