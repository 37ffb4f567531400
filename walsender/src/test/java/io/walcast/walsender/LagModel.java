// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.walsender.LagTracker.Head;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link LagTracker} should say, in the plainest way: it keeps every sample there ever was. */
final class LagModel {
    private record Sample(long lsn, long time) {}

    private static final class Place {
        int next;

        @Nullable
        Sample last;

        @Nullable
        Sample overrun;
    }

    private final List<Sample> all = new ArrayList<>();
    private final Map<Head, Place> places = new EnumMap<>(Head.class);

    void write(long lsn, long time) {
        if (!all.isEmpty() && all.get(all.size() - 1).lsn == lsn) {
            return;
        }
        for (Place place : places.values()) {
            if (place.overrun == null && all.size() - place.next == LagTracker.MAX_SAMPLES - 1) {
                place.overrun = all.get(place.next);
            }
        }
        all.add(new Sample(lsn, time));
    }

    long read(Head head, long lsn, long now) {
        Place place = places.computeIfAbsent(head, any -> new Place());
        Sample reached = null;
        Sample overrun = place.overrun;
        if (overrun != null) {
            if (overrun.lsn > lsn) {
                return now - overrun.time;
            }
            reached = overrun;
            place.overrun = null;
            place.next = Math.max(0, all.size() - (LagTracker.MAX_SAMPLES - 1));
        }
        while (place.next < all.size() && all.get(place.next).lsn <= lsn) {
            reached = all.get(place.next++);
        }
        Sample before = place.last;
        if (reached != null) {
            place.last = reached;
        }
        if (place.next == all.size()) {
            place.last = null;
        }
        if (reached != null) {
            return now - reached.time;
        }
        if (place.next == all.size()) {
            return LagTracker.UNKNOWN;
        }
        Sample coming = all.get(place.next);
        if (before == null) {
            return now - coming.time;
        }
        if (lsn < before.lsn) {
            return LagTracker.UNKNOWN;
        }
        double part = (double) (lsn - before.lsn) / (double) (coming.lsn - before.lsn);
        return now - (before.time + (long) ((coming.time - before.time) * part));
    }
}
