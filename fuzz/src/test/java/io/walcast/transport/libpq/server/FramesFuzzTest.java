// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.util.ArrayList;
import java.util.List;

final class FramesFuzzTest {
    private static final int LIMIT = 8 << 10;

    /** The first byte says how the bytes arrive; the messages are the same as if they had come at once. */
    @FuzzTest
    void takesTheSameMessagesHoweverTheyArrive(byte[] bytes) {
        Input input = new Input(bytes);
        int pieceBytes = 1 + input.uint8();
        byte[] stream = input.rest();

        List<String> whole = messages(stream, Math.max(1, stream.length));

        assertThat(messages(stream, pieceBytes)).isEqualTo(whole);
    }

    private static List<String> messages(byte[] stream, int pieceBytes) {
        List<String> seen = new ArrayList<>();
        ParserContract.parse(2 * stream.length, ProtocolViolationException.class, () -> {
            seen.clear();
            ByteBuf arrived = Unpooled.buffer();
            try {
                for (byte[] piece : Input.pieces(stream, pieceBytes)) {
                    arrived.writeBytes(piece);
                    take(arrived, seen);
                }
            } catch (ProtocolViolationException e) {
                seen.add(String.valueOf(e.getMessage()));
            }
            return seen;
        });
        return seen;
    }

    private static void take(ByteBuf arrived, List<String> seen) {
        while (true) {
            int type = Frames.type(arrived);
            ByteBuf body = Frames.take(arrived, LIMIT, Frames.TooLong.INVALID_LENGTH);
            if (body == null) {
                return;
            }
            seen.add(type + ByteBufUtil.hexDump(body));
            if (type == 'Q') {
                seen.add(Frames.string(body));
            }
        }
    }
}
