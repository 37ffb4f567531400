// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.WalFile;
import io.walcast.testkit.FakeClock;
import io.walcast.testkit.storage.FaultyFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A machine with slots on it. */
final class SlotFixture {
    static final Path DIRECTORY = Path.of("/home/pg_replslot");
    static final SegmentSize SIZE = new SegmentSize(1 << 20);
    static final int MAX_SLOTS = 4;

    final FaultyFileSystem machine;
    final List<ErrorFields> log = Collections.synchronizedList(new ArrayList<>());
    final FakeClock clock = new FakeClock();

    SlotFixture() {
        this(machineWithHome());
    }

    SlotFixture(FaultyFileSystem machine) {
        this.machine = machine;
    }

    private static FaultyFileSystem machineWithHome() {
        try {
            FaultyFileSystem machine = new FaultyFileSystem();
            machine.createDirectory(Path.of("/home"), FileMode.OWNER);
            machine.settleNames();
            return machine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ReplicationSlots open() {
        return open(WalKeepLimits.DEFAULT);
    }

    ReplicationSlots open(WalKeepLimits limits) {
        return ReplicationSlots.open(
                machine,
                DIRECTORY,
                SlotOptions.defaults(log::add)
                        .withMaxReplicationSlots(MAX_SLOTS)
                        .withLimits(limits)
                        .withClock(clock));
    }

    /** Returns the names of the slots' directories, also of half-made ones. */
    List<String> directories() {
        return machine.names(DIRECTORY).stream()
                .filter(name -> !name.startsWith("."))
                .toList();
    }

    void putState(String name, byte[] content) throws IOException {
        if (!machine.isDirectory(DIRECTORY)) {
            machine.createDirectory(DIRECTORY, FileMode.OWNER);
        }
        Path slot = DIRECTORY.resolve(name);
        if (!machine.isDirectory(slot)) {
            machine.createDirectory(slot, FileMode.OWNER);
        }
        Path state = slot.resolve("state");
        if (machine.stat(state).isPresent()) {
            machine.delete(state);
        }
        try (WalFile file = machine.create(state, FileMode.OWNER)) {
            file.write(ByteBuffer.wrap(content), 0);
        }
    }

    /** Returns the WAL of timeline 1 up to the start of a segment and some. */
    static WalExtent wal(long endSegment) {
        return new WalExtent(
                new ServedPosition(TimelineId.FIRST, SIZE.start(endSegment).plus(0x123)), SIZE, 0);
    }

    static Lsn at(long segment) {
        return SIZE.start(segment).plus(0x40);
    }

    List<String> messages() {
        return log.stream().map(ErrorFields::message).toList();
    }
}
