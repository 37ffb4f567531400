// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;

/** A stretch of a receiver's life, during which the machine is stopped at every call. */
enum CrashScenario {
    /** Directories are made, the cluster is remembered, the first segment is begun. */
    FIRST_START(far(), TimelineId.FIRST, at(0, 0), at(0, 18_000)),

    /** The next segment's file is made beforehand. */
    NEXT_PREPARED(far(), TimelineId.FIRST, at(0, (1 << 19) - 4_000), at(0, (1 << 19) + 9_000)),

    /** A segment is finished; the next one was prepared, and is begun before the sync of the finished one. */
    SEGMENT_END(far(), TimelineId.FIRST, at(1, -12_000), at(1, 12_000)),

    /** The same, while bytes come in at every call of the sync. */
    BUSY_SEGMENT_END(far(), TimelineId.FIRST, at(1, -12_000), at(1, 12_000)) {
        @Override
        ReceiveSteps steps(FaultyFileSystem machine, Witness witness) {
            return super.steps(machine, witness).busy();
        }
    },

    /** The timeline is left within a segment, whose beginning is copied to the new one. */
    TIMELINE_SWITCH(at(1, 9_000), ForkedWal.SECOND, at(1, 2_000), at(1, 21_000)),

    /** It is left where a segment ends. */
    TIMELINE_SWITCH_AT_SEGMENT_END(at(1, 0), ForkedWal.SECOND, at(1, -7_000), at(1, 12_000)),

    /** The first segment of the new timeline is finished. */
    SEGMENT_END_AFTER_SWITCH(at(1, -16_000), ForkedWal.SECOND, at(1, -9_000), at(1, 9_000)),

    /** As the first start, with gzip. */
    COMPRESSED_FIRST_START(far(), TimelineId.FIRST, at(0, 0), at(0, 18_000)),

    /** As the segment end, with gzip. */
    COMPRESSED_SEGMENT_END(far(), TimelineId.FIRST, at(1, -12_000), at(1, 12_000));

    private final long fork;
    private final int timeline;
    private final long slowFrom;
    private final long end;

    CrashScenario(Lsn fork, TimelineId timeline, Lsn slowFrom, Lsn end) {
        this.fork = fork.value();
        this.timeline = timeline.value();
        this.slowFrom = slowFrom.value();
        this.end = end.value();
    }

    private static Lsn at(int segment, int offset) {
        return ForkedWal.START.plus((long) segment * ForkedWal.SIZE.bytes() + offset);
    }

    private static Lsn far() {
        return at(4, 0);
    }

    ReceiveSteps steps(FaultyFileSystem machine, Witness witness) {
        return new ReceiveSteps(machine, witness).slowFrom(new Lsn(slowFrom));
    }

    /** What the server has. */
    ForkedWal wal() {
        return new ForkedWal(new Lsn(fork), isGzip());
    }

    /** Runs it, until {@code machine} stops. */
    Witness run(FaultyFileSystem machine, ForkedWal wal) {
        ReceiveSteps steps = steps(machine, Witness.of(wal));
        try {
            steps.receive(timeline(), new Lsn(end));
        } catch (SimulatedCrash expected) {
            // The point of it.
        }
        return steps.witness();
    }

    private boolean isGzip() {
        return name().startsWith("COMPRESSED_");
    }

    TimelineId timeline() {
        return new TimelineId(timeline);
    }

    /** Where every run gets to in the end. */
    Lsn goal() {
        return new Lsn(end).plus(30_000);
    }
}
