// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static io.walcast.walreceiver.SessionFixture.SIZE;
import static io.walcast.walreceiver.SessionFixture.START;
import static io.walcast.walreceiver.SessionFixture.TWO;
import static io.walcast.walreceiver.SessionFixture.WAL_TWO;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import io.walcast.core.TimelineId;
import io.walcast.ipc.WalRcvState;
import io.walcast.testkit.transport.PrimaryStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.InOrder;

@Timeout(30)
class WalReceiverListenerTest {
    private final WalReceiverListener listener = mock(WalReceiverListener.class);

    @TempDir
    private Path directory;

    @Test
    void hearsOfEveryStepInOrder() {
        try (SessionFixture fixture = new SessionFixture(directory.resolve("wal"))) {
            fixture.streams(SIZE.bytes()).endOfTimeline(TWO, START.plus(SIZE.bytes()));
            fixture.primary.history(TWO, "1\t0/1100000\tx\n".getBytes(US_ASCII));
            fixture.primary.stream(new PrimaryStream()
                    .wal(START.plus(SIZE.bytes()), WAL_TWO.bytes(START.plus(SIZE.bytes()), 5_000))
                    .shutdown());

            fixture.session(listener).run();
        }

        InOrder inOrder = inOrder(listener);
        inOrder.verify(listener).onState(WalRcvState.STOPPED, WalRcvState.STARTING);
        inOrder.verify(listener).onStreaming(TimelineId.FIRST, START);
        inOrder.verify(listener).onSegmentFinished(TimelineId.FIRST, START.plus(SIZE.bytes()));
        inOrder.verify(listener).onTimelineSwitch(TimelineId.FIRST, TWO, START.plus(SIZE.bytes()));
        inOrder.verify(listener).onStreaming(TWO, START.plus(SIZE.bytes()));
        inOrder.verify(listener).onFlush(START.plus(SIZE.bytes() + 5_000));
        inOrder.verify(listener).onState(WalRcvState.STOPPING, WalRcvState.STOPPED);
        verify(listener, never()).onWarning(any());
    }
}
