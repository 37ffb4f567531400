// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.core.error.WalException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.QueryResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

final class SimpleQueryFuzzTest {
    private static final int WINDOW_BYTES = 1 << 20;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** The first byte says how the answer arrives; then the server closes. The results are the same as if it had come at once. */
    @FuzzTest
    void collectsTheSameHoweverItArrives(byte[] bytes) {
        Input input = new Input(bytes);
        int pieceBytes = 1 + input.uint8();
        byte[] answer = input.rest();

        String whole = collected(answer, Math.max(1, answer.length));

        assertThat(collected(answer, pieceBytes)).isEqualTo(whole);
    }

    private String collected(byte[] answer, int pieceBytes) {
        List<Object> notices = new ArrayList<>();
        Optional<SimpleQuery.Outcome> outcome = ParserContract.parse(2 * answer.length, WalException.class, () -> {
            notices.clear();
            Wire wire = new Wire(channel, new Latch(), new Cancellation(), WINDOW_BYTES);
            FrameReader frames = new FrameReader(wire, FrameLimits.PHYSICAL);
            for (byte[] piece : Input.pieces(answer, pieceBytes)) {
                wire.onRead(UnpooledByteBufAllocator.DEFAULT
                        .directBuffer(piece.length)
                        .writeBytes(piece));
            }
            wire.onEnd();
            try {
                return new SimpleQuery(new ServerSession(wire, frames, notices::add))
                        .collectAfterStream(false, Deadline.NEVER);
            } catch (WalException e) {
                notices.add(String.valueOf(e.getMessage()));
                throw e;
            } finally {
                wire.close(null);
                frames.release();
            }
        });
        return notices + outcome.map(SimpleQueryFuzzTest::shown).orElse("");
    }

    private static String shown(SimpleQuery.Outcome outcome) {
        StringBuilder shown = new StringBuilder(Boolean.toString(outcome.copyBoth()));
        for (QueryResult result : outcome.results()) {
            shown.append(result.columns()).append(result.tag());
            result.rows().forEach(row -> row.forEach(value -> shown.append(Arrays.toString(value))));
        }
        return shown.toString();
    }
}
