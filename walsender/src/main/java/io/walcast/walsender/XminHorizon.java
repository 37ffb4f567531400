// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import org.jspecify.annotations.Nullable;

/**
 * The oldest transactions that somebody still needs, as 64-bit numbers: the epoch, then the transaction.
 *
 * @param xmin for tables, 0 for none
 * @param catalogXmin for catalogs, 0 for none
 */
record XminHorizon(long xmin, long catalogXmin) {
    /** Nothing is needed. */
    static final XminHorizon NONE = new XminHorizon(0, 0);

    private static final int FIRST_NORMAL_XID = 3;
    private static final long XID_MASK = 0xFFFF_FFFFL;

    /** Returns what {@code feedback} asks for; a number that is no ordinary transaction's counts as none. */
    static XminHorizon of(HotStandbyFeedback feedback) {
        return new XminHorizon(
                full(feedback.xmin(), feedback.xminEpoch()), full(feedback.catalogXmin(), feedback.catalogXminEpoch()));
    }

    private static long full(int xid, int epoch) {
        boolean normal = Integer.compareUnsigned(xid, FIRST_NORMAL_XID) >= 0;
        return normal ? (long) epoch << Integer.SIZE | (xid & XID_MASK) : 0;
    }

    /** Returns what serves both. */
    XminHorizon and(XminHorizon other) {
        return new XminHorizon(older(xmin, other.xmin), older(catalogXmin, other.catalogXmin));
    }

    private static long older(long a, long b) {
        if (a == 0 || b == 0) {
            return a | b;
        }
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }

    /** Returns the older of the two as a 32-bit transaction number, or null if there is none. */
    @Nullable
    Integer oldest() {
        long oldest = older(xmin, catalogXmin);
        return oldest == 0 ? null : (int) oldest;
    }

    /** Returns the message that asks for this. */
    HotStandbyFeedback toFeedback(PgTimestamp now) {
        return new HotStandbyFeedback(now, (int) xmin, (int) (xmin >>> Integer.SIZE), (int) catalogXmin, (int)
                (catalogXmin >>> Integer.SIZE));
    }
}
