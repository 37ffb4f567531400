// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.grpc.v1.CopyDone;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.wire.StandbyMessages;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StandbySenderTest {
    private static final HotStandbyFeedback FEEDBACK = new HotStandbyFeedback(new PgTimestamp(1), 2, 3, 4, 5);

    private final FakeCall call = new FakeCall();
    private final StandbySender sender = new StandbySender(call);

    private static StatusUpdate status(long position, boolean replyRequested) {
        Lsn lsn = new Lsn(position);
        return new StatusUpdate(lsn, lsn, lsn, new PgTimestamp(0), replyRequested);
    }

    @Test
    void sendsAtOnceWhileThereIsRoom() {
        assertThat(sender.offer(status(1, false))).isTrue();
        assertThat(sender.offer(FEEDBACK)).isTrue();

        assertThat(call.sent)
                .containsExactly(StandbyMessages.request(status(1, false)), StandbyMessages.request(FEEDBACK));
    }

    @Test
    void keepsOneWhileThereIsNoRoomAndThenRefuses() {
        call.isReady = false;
        assertThat(sender.offer(status(1, false))).isTrue();
        assertThat(sender.offer(status(2, false))).isFalse();
        assertThat(call.sent).isEmpty();

        call.isReady = true;
        assertThat(sender.onReady()).as("somebody was refused").isTrue();
        assertThat(sender.onReady()).isFalse();
        assertThat(call.sent).containsExactly(StandbyMessages.request(status(1, false)));
    }

    @Test
    void wakesNobodyWhoWasNotRefused() {
        assertThat(sender.onReady()).isFalse();
    }

    @Test
    void replacesAnOlderMessageAndKeepsItsRequest() {
        call.isReady = false;
        assertThat(sender.offer(status(1, true))).isTrue();
        call.isReady = true;

        assertThat(sender.offer(status(2, false))).isTrue();

        assertThat(call.sent).containsExactly(StandbyMessages.request(status(2, true)));
    }

    @Test
    void sendsOthersBehindWhatWaits() {
        SessionRequest copyDone = SessionRequest.newBuilder()
                .setCopyDone(CopyDone.getDefaultInstance())
                .build();
        call.isReady = false;
        assertThat(sender.offer(FEEDBACK)).isTrue();

        sender.sendAfterPending(copyDone);

        assertThat(call.sent).containsExactly(StandbyMessages.request(FEEDBACK), copyDone);
    }

    @Test
    void sendsNothingOnceClosed() {
        sender.close();
        sender.close();

        assertThat(sender.offer(status(1, false))).isTrue();
        sender.sendAfterPending(SessionRequest.getDefaultInstance());
        assertThat(call.sent).isEmpty();
        assertThat(call.halfCloses).isEqualTo(1);
    }

    /** Keeps what is sent. */
    private static final class FakeCall extends ClientCall<SessionRequest, Object> {
        private final List<SessionRequest> sent = new ArrayList<>();
        private boolean isReady = true;
        private int halfCloses;

        @Override
        public boolean isReady() {
            return isReady;
        }

        @Override
        public void sendMessage(SessionRequest message) {
            sent.add(message);
        }

        @Override
        public void halfClose() {
            halfCloses++;
        }

        @Override
        public void start(Listener<Object> listener, Metadata headers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void request(int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            throw new UnsupportedOperationException();
        }
    }
}
