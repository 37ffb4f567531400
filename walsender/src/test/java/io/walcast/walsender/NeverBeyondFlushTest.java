// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.transport.Outbound;
import io.walcast.walsender.FakeChunks.FakeChunk;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens: what is sent is whole, in order, never beyond the flush position, and never of a timeline that was left. */
final class NeverBeyondFlushTest {
    private static final int STEPS = 20_000;

    private final SenderRig rig = new SenderRig();
    private Lsn flushed = Lsn.parse("0/300000");
    private Lsn sent = Lsn.parse("0/2F0000");
    private int timeline = 1;
    private boolean copyDone;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatIsSentIsWholeAndInOrder(long seed) {
        Random random = new Random(seed);
        SenderRig.Client client = rig.stream(null, sent.toString());
        Lsn switchPoint = Lsn.INVALID;
        for (int i = 0; i < STEPS && !copyDone; i++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    flushed = flushed.plus(random.nextInt(400_000));
                    rig.wal.moveTo(timeline, flushed);
                }
                case 1 -> rig.turn();
                case 2 -> rig.advance(Duration.ofMillis(random.nextInt(3000)));
                case 3 -> client.report(new Lsn(random.nextLong()).toString());
                case 4 -> client.report("0/0", sent.toString(), "0/0", random.nextBoolean());
                case 5 -> rig.chunks.withhold();
                case 6 -> rig.chunks.release();
                case 7 -> rig.holdIo();
                case 8 -> rig.finishIo();
                case 9 -> {
                    if (i > STEPS / 2 && timeline == 1) {
                        switchPoint = flushed;
                        rig.wal.addHistory(2, "1\t" + flushed + "\tx\n");
                        timeline = 2;
                        flushed = flushed.plus(random.nextInt(100_000));
                        rig.wal.moveTo(timeline, flushed);
                    }
                }
                default -> take(client.reply.stream().next(8192 + random.nextInt(500_000)));
            }
        }
        assertThat(client.peer.isDropped()).isFalse();
        rig.chunks.release();
        rig.finishIo();
        for (int i = 0; i < 10_000 && !copyDone; i++) {
            take(client.next());
        }
        assertThat(sent).isEqualTo(switchPoint);
        assertThat(copyDone).isTrue();
    }

    private void take(@Nullable Outbound outbound) {
        if (outbound instanceof FakeChunk chunk) {
            assertThat(chunk.start()).isEqualTo(sent);
            sent = chunk.end();
            assertThat(sent).isLessThanOrEqualTo(flushed);
            assertThat(chunk.serverEnd()).isLessThanOrEqualTo(flushed);
        } else if (outbound instanceof Outbound.Keepalive keepalive) {
            assertThat(keepalive.walEnd()).isEqualTo(sent);
        } else {
            copyDone = outbound instanceof Outbound.CopyDone;
        }
    }
}
