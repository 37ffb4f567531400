// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

final class FrameReaderFuzzTest {
    private static final int WINDOW_BYTES = 1 << 20;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** The first byte says how the bytes arrive; the frames are the same as if they had come at once. */
    @FuzzTest
    void findsTheSameFramesHoweverTheyArrive(byte[] bytes) {
        Input input = new Input(bytes);
        int pieceBytes = 1 + input.uint8();
        byte[] stream = input.rest();

        List<String> whole = framesOf(stream, Math.max(1, stream.length), true);

        assertThat(framesOf(stream, pieceBytes, true)).isEqualTo(whole);
        assertThat(framesOf(stream, pieceBytes, false)).isEqualTo(whole);
    }

    private List<String> framesOf(byte[] stream, int pieceBytes, boolean wholeBodies) {
        Wire wire = new Wire(channel, new Latch(), new Cancellation(), WINDOW_BYTES);
        FrameReader frames = new FrameReader(wire, FrameLimits.PHYSICAL);
        List<String> seen = new ArrayList<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ParserContract.parse(2 * stream.length, ProtocolViolationException.class, () -> {
            seen.clear();
            body.reset();
            try {
                for (byte[] piece : Input.pieces(stream, pieceBytes)) {
                    wire.onRead(UnpooledByteBufAllocator.DEFAULT
                            .directBuffer(piece.length)
                            .writeBytes(piece));
                    takeFrames(frames, wholeBodies, seen, body);
                }
            } catch (ProtocolViolationException e) {
                seen.add(String.valueOf(e.getMessage()));
            }
            return seen;
        });
        wire.close(null);
        frames.release();
        return seen;
    }

    private static void takeFrames(FrameReader frames, boolean whole, List<String> seen, ByteArrayOutputStream body) {
        while (frames.next()) {
            ByteBuffer piece = whole ? frames.takeRest() : frames.takeSome();
            if (piece == null) {
                return;
            }
            put(piece, body);
            if (frames.bodyRemaining() == 0) {
                seen.add(FrameLimits.typeName(frames.type()) + HexFormat.of().formatHex(body.toByteArray()));
                body.reset();
            }
            frames.releaseLent();
        }
    }

    private static void put(ByteBuffer piece, ByteArrayOutputStream body) {
        WritableByteChannel into = Channels.newChannel(body);
        try {
            into.write(piece);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
