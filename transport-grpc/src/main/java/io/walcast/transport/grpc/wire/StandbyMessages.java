// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.grpc.v1.HotStandbyFeedback;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.StatusUpdate;

/** What a receiver sends while streaming, to and from messages. Stateless. */
public final class StandbyMessages {
    private StandbyMessages() {}

    /** Returns {@code message} as it is sent. */
    public static SessionRequest request(StandbyMessage message) {
        Writer writer = new Writer();
        message.dispatchTo(writer);
        return writer.request.build();
    }

    /** Returns what a status update says. */
    public static StandbyMessage message(StatusUpdate update) {
        return new StandbyMessage.StatusUpdate(
                new Lsn(update.getWritten()),
                new Lsn(update.getFlushed()),
                new Lsn(update.getApplied()),
                new PgTimestamp(update.getSentAt()),
                update.getReplyRequested());
    }

    /** Returns what feedback says. */
    public static StandbyMessage message(HotStandbyFeedback feedback) {
        return new StandbyMessage.HotStandbyFeedback(
                new PgTimestamp(feedback.getSentAt()),
                feedback.getXmin(),
                feedback.getXminEpoch(),
                feedback.getCatalogXmin(),
                feedback.getCatalogXminEpoch());
    }

    private static final class Writer implements StandbyMessage.Handler {
        private final SessionRequest.Builder request = SessionRequest.newBuilder();

        @Override
        public void onStatusUpdate(StandbyMessage.StatusUpdate update) {
            request.setStatusUpdate(StatusUpdate.newBuilder()
                    .setWritten(update.write().value())
                    .setFlushed(update.flush().value())
                    .setApplied(update.apply().value())
                    .setSentAt(update.sentAt().micros())
                    .setReplyRequested(update.replyRequested()));
        }

        @Override
        public void onHotStandbyFeedback(StandbyMessage.HotStandbyFeedback feedback) {
            request.setHotStandbyFeedback(HotStandbyFeedback.newBuilder()
                    .setSentAt(feedback.sentAt().micros())
                    .setXmin(feedback.xmin())
                    .setXminEpoch(feedback.xminEpoch())
                    .setCatalogXmin(feedback.catalogXmin())
                    .setCatalogXminEpoch(feedback.catalogXminEpoch()));
        }
    }
}
