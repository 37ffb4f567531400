// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.ipc.Latch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StandbySenderTest {
    private static final int FRAME_HEADER_BYTES = 5;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Latch latch = new Latch();
    private final StandbySender sender = new StandbySender(channel, latch);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        LeakRecorder.assertNothingLeaked();
    }

    @Test
    void writesTheNewestOfEachKind() {
        HotStandbyFeedback feedback = new HotStandbyFeedback(PgTimestamp.NONE, 1, 2, 3, 4);
        assertThat(sender.offer(status(1, false))).isTrue();
        assertThat(sender.offer(feedback)).isTrue();
        assertThat(sender.offer(status(2, false))).isTrue();

        channel.runPendingTasks();

        assertThat(written()).containsExactly(status(2, false), feedback);
    }

    @Test
    void keepsARequestForAReplyThatItReplaces() {
        assertThat(sender.offer(status(1, true))).isTrue();
        assertThat(sender.offer(status(2, false))).isTrue();

        channel.runPendingTasks();

        assertThat(written()).containsExactly(status(2, true));
    }

    @Test
    void refusesWhileOneWaitsForRoomAndSaysWhenThereIsSome() {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        assertThat(sender.offer(status(1, false))).isTrue();
        channel.runPendingTasks();
        assertThat(sender.offer(status(2, false))).isFalse();
        assertThat(latch.isSet()).isFalse();

        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        sender.onWritable();

        assertThat(latch.isSet()).isTrue();
        assertThat(written()).containsExactly(status(1, false));
        assertThat(sender.offer(status(3, false))).isTrue();
    }

    @Test
    void keepsTheOrderOfWhatFollows() {
        assertThat(sender.offer(status(1, false))).isTrue();
        sender.sendAfterPending(FrontendMessages.copyDone());
        channel.runPendingTasks();

        ByteBuf first = channel.readOutbound();
        ByteBuf second = channel.readOutbound();
        assertThat(first.getByte(0)).isEqualTo((byte) 'd');
        assertThat(second.getByte(0)).isEqualTo((byte) 'c');
        first.release();
        second.release();
    }

    private List<StandbyMessage> written() {
        List<StandbyMessage> messages = new ArrayList<>();
        for (ByteBuf frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
            messages.add(StandbyMessageCodec.decode(
                    frame.skipBytes(FRAME_HEADER_BYTES).nioBuffer()));
            frame.release();
        }
        return messages;
    }

    private static StatusUpdate status(long position, boolean replyRequested) {
        return new StatusUpdate(
                new Lsn(position), new Lsn(position), Lsn.INVALID, new PgTimestamp(position), replyRequested);
    }
}
