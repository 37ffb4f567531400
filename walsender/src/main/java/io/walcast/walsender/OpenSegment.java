// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentName;
import io.walcast.core.storage.ServedSegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A segment of {@link WalSegments}: being opened, open, or no longer in use.
 *
 * <p>Threading: under the lock of {@link WalSegments}, but for {@link #file}, which whoever has a lease may use.
 */
final class OpenSegment {
    final SegmentName name;
    final WalSndReadAhead readAhead;

    private final List<WalSndWait> waits = new ArrayList<>();

    private volatile @Nullable ServedSegment file;
    private int leases;
    private boolean dropped;

    /** When it was given up last; monotonic. */
    long idleSinceNs;

    OpenSegment(SegmentName name, WalSndReadAhead readAhead) {
        this.name = name;
        this.readAhead = readAhead;
    }

    boolean isOpen() {
        return file != null;
    }

    boolean isTemporary() {
        ServedSegment opened = file;
        return opened != null && opened.isTemporary();
    }

    /** Returns the file of an open segment. */
    ServedSegment file() {
        return requireNonNull(file, "file");
    }

    void opened(ServedSegment opened) {
        file = opened;
    }

    void await(WalSndWait wait) {
        waits.add(wait);
    }

    /** Takes out those who wait for the file. */
    List<WalSndWait> takeWaits() {
        List<WalSndWait> taken = List.copyOf(waits);
        waits.clear();
        return taken;
    }

    /** Takes out those who wait for {@code piece}. */
    List<WalSndWait> takeWaits(int piece) {
        List<WalSndWait> taken =
                waits.stream().filter(wait -> wait.piece == piece).toList();
        waits.removeAll(taken);
        return taken;
    }

    void lease() {
        leases++;
    }

    boolean isIdle() {
        return leases == 0 && file != null;
    }

    /** Takes it out of use; returns the file if nobody has a lease, to be closed. */
    @Nullable
    ServedSegment drop() {
        dropped = true;
        return leases == 0 ? takeFile() : null;
    }

    /** Gives a lease back; returns the file if that was the last one of a dropped segment, to be closed. */
    @Nullable
    ServedSegment release(long nowNs) {
        leases--;
        idleSinceNs = nowNs;
        return dropped && leases == 0 ? takeFile() : null;
    }

    boolean isDropped() {
        return dropped;
    }

    private @Nullable ServedSegment takeFile() {
        ServedSegment taken = file;
        file = null;
        return taken;
    }
}
