// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;

/** What a receiver sends while streaming. */
public sealed interface StandbyMessage {

    /** Calls the one method of {@code handler} that takes this type. */
    void dispatchTo(Handler handler);

    /**
     * How far the receiver is ("Standby status update"). Positions are those of the next byte, 0/0 means "not
     * reported".
     *
     * @param write written to the operating system
     * @param flush on disk for good
     * @param apply replayed
     * @param sentAt the receiver's clock
     * @param replyRequested whether a keepalive is wanted at once
     */
    record StatusUpdate(Lsn write, Lsn flush, Lsn apply, PgTimestamp sentAt, boolean replyRequested)
            implements StandbyMessage {
        public StatusUpdate {
            requireNonNull(write, "write");
            requireNonNull(flush, "flush");
            requireNonNull(apply, "apply");
            requireNonNull(sentAt, "sentAt");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onStatusUpdate(this);
        }
    }

    /**
     * The oldest transactions the receiver's readers still need. All zero takes the request back.
     *
     * @param sentAt the receiver's clock
     * @param xmin oldest transaction, 0 for none
     * @param xminEpoch wrap-around count that belongs to {@code xmin}
     * @param catalogXmin the same for catalogs
     * @param catalogXminEpoch wrap-around count that belongs to {@code catalogXmin}
     */
    record HotStandbyFeedback(PgTimestamp sentAt, int xmin, int xminEpoch, int catalogXmin, int catalogXminEpoch)
            implements StandbyMessage {
        public HotStandbyFeedback {
            requireNonNull(sentAt, "sentAt");
        }

        /** Returns the message that takes the request back. */
        public static HotStandbyFeedback none(PgTimestamp sentAt) {
            return new HotStandbyFeedback(sentAt, 0, 0, 0, 0);
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onHotStandbyFeedback(this);
        }
    }

    /** One method per permitted record, so that a new record breaks every handler at compile time. */
    interface Handler {
        /** Takes a status update. */
        void onStatusUpdate(StatusUpdate update);

        /** Takes hot standby feedback. */
        void onHotStandbyFeedback(HotStandbyFeedback feedback);
    }
}
