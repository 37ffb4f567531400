// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a receiver does with its directory, on one thread: fast up to a position, from there on in small steps, each synced, so
 * that little is unsynced at a time; and what it told the world.
 */
final class ReceiveSteps {
    static final Path DIRECTORY = Path.of("/srv/wal");

    private static final SystemIdentifier SYSTEM = new SystemIdentifier(StreamBytes.SYSTEM_IDENTIFIER);
    private static final int FAST_BYTES = 400_000;

    /** One to three pages. */
    private static final int SLOW_BYTES = 5_000;

    final List<String> warnings = new ArrayList<>();
    private final FaultyFileSystem machine;
    private Witness witness;

    /** From here on it goes slowly. */
    private Lsn slowFrom = new Lsn(-1);

    /** Whether bytes keep coming in while a sync is under way. */
    private boolean busy;

    ReceiveSteps(FaultyFileSystem machine, Witness witness) {
        this.machine = machine;
        this.witness = witness;
    }

    ReceiveSteps slowFrom(Lsn lsn) {
        slowFrom = lsn;
        return this;
    }

    ReceiveSteps busy() {
        busy = true;
        return this;
    }

    Witness witness() {
        return witness;
    }

    private WalDirectoryOptions options() {
        return witness.wal().options().withWarnings(warnings::add);
    }

    /** Brings the directory in order and no more. Returns where streaming would go on. */
    StreamStart recover() {
        try (WalDirectory wal = WalDirectory.open(machine, DIRECTORY, options())) {
            return start(wal);
        }
    }

    private StreamStart start(WalDirectory wal) {
        return wal.streamStart(ForkedWal.SIZE).orElse(new StreamStart(TimelineId.FIRST, ForkedWal.START));
    }

    /** One session: goes on where it has to, and streams up to {@code goal}, on the second timeline if that is wanted. */
    void receive(TimelineId last, Lsn goal) {
        try (WalDirectory wal = WalDirectory.open(machine, DIRECTORY, options())) {
            wal.systemIdentifier().ifPresent(id -> assertThat(id).isEqualTo(SYSTEM));
            wal.rememberIdentity(SYSTEM, ForkedWal.SIZE);
            StreamStart start = start(wal);
            if (start.timeline().equals(TimelineId.FIRST)) {
                boolean forks = last.equals(ForkedWal.SECOND);
                stream(wal, start, forks ? witness.wal().fork() : goal);
                if (!forks) {
                    return;
                }
                wal.writeHistory(ForkedWal.SECOND, ForkedWal.HISTORY);
                start = new StreamStart(
                        ForkedWal.SECOND,
                        ForkedWal.SIZE.startOfSegment(witness.wal().fork()));
            }
            stream(wal, start, goal);
        }
    }

    private void stream(WalDirectory wal, StreamStart start, Lsn end) {
        SegmentWriter writer = wal.openSegments(ForkedWal.SIZE, start.timeline(), start.lsn());
        try (writer) {
            stream(writer, end);
        } finally {
            witness = witness.acknowledged(writer.timeline(), writer.flushed());
        }
    }

    private void stream(SegmentWriter writer, Lsn end) {
        boolean slow = !writer.position().isBefore(slowFrom);
        for (int step = 1; writer.position().isBefore(end); step++) {
            if (!slow && !writer.position().isBefore(slowFrom)) {
                slow = true;
                acknowledge(writer);
                machine.settleNames();
                machine.note("slow");
            }
            append(writer, end);
            if (slow && step % 2 == 0) {
                acknowledge(writer);
            }
            if (writer.wantsPrepare()) {
                writer.prepareNext();
            }
        }
    }

    private void append(SegmentWriter writer, Lsn end) {
        Lsn at = writer.position();
        boolean slow = !at.isBefore(slowFrom);
        Lsn limit = slow || end.isBefore(slowFrom) ? end : slowFrom;
        long bytes = Math.min(slow ? SLOW_BYTES : FAST_BYTES, limit.minus(at));
        while (bytes > 0) {
            Lsn from = writer.position();
            int within = (int) Math.min(bytes, ForkedWal.SIZE.bytes() - ForkedWal.SIZE.offset(from));
            ByteBuffer payload = witness.wal().bytes(writer.timeline(), from, within);
            witness = witness.wrote(from.plus(within));
            assertThat(writer.append(payload)).isTrue();
            bytes -= within;
        }
    }

    private void acknowledge(SegmentWriter writer) {
        if (busy) {
            Lsn end = writer.position().plus(2L * SLOW_BYTES);
            boolean[] within = new boolean[1];
            machine.beforeEachCall(call -> {
                if (!within[0] && isFreeToAppend(call)) {
                    within[0] = true;
                    append(writer, end);
                    within[0] = false;
                }
            });
        }
        try {
            writer.flush();
        } finally {
            machine.beforeEachCall(call -> {});
            witness = witness.acknowledged(writer.timeline(), writer.flushed());
        }
    }

    /** Whether the flusher, at this call, holds nothing that the receiver thread waits for. */
    private static boolean isFreeToAppend(FileCall call) {
        return switch (call.kind()) {
            case FORCE, SYNC_DIRECTORY, CLOSE -> true;
            case RENAME -> call.detail().endsWith(".partial");
            default -> false;
        };
    }
}
