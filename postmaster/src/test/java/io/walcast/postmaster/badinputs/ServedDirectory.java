// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.RelayNode;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.SyntheticWal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A node's directory with WAL of timeline 2, which began at 0/1000000, in segments of 1 MB.
 *
 * @param directory a directory of the node's own
 * @param end up to where there is WAL
 */
record ServedDirectory(Path directory, Lsn end) {
    static final SegmentSize SIZE = new SegmentSize(SegmentSize.MIN_BYTES);
    static final TimelineId TIMELINE = TimelineId.of(2);
    static final Lsn START = Lsn.parse("0/1000000");

    private static final String SLOTS = "/bad-inputs/slot-states.txt";
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7_000_000_000_000_000_001L);

    /** Makes one with so many bytes of WAL; {@code rep} may replicate and {@code plain} may not. */
    static ServedDirectory make(Path directory, int bytes, String... settings) throws IOException {
        ServingProgram.initialize(directory, false, settings);
        ServingProgram.write(directory.resolve("users"), "rep - replication\nplain -\n");
        Path wal = directory.resolve("pg_wal");
        SyntheticWal synthetic = new SyntheticWal(SYSTEM, TIMELINE, SIZE, 1);
        Lsn end = START.plus(bytes);
        for (Lsn at = START; at.isBefore(end); at = at.plus(SIZE.bytes())) {
            int length = (int) Math.min(SIZE.bytes(), end.minus(at));
            String suffix = length < SIZE.bytes() ? ".partial" : "";
            Files.write(
                    wal.resolve(SegmentName.containing(TIMELINE, at, SIZE).fileName(SIZE) + suffix),
                    Arrays.copyOf(synthetic.bytes(at, length), SIZE.bytes()));
        }
        Files.writeString(wal.resolve("00000002.history"), "1\t" + START + "\tno recovery target specified\n");
        return new ServedDirectory(directory, end);
    }

    /** Adds the slots whose state a real server wrote: {@code l1}, a logical one, and {@code lost1}, invalidated. */
    ServedDirectory withForeignSlots() throws IOException {
        for (String line : slotStates().lines().toList()) {
            if (!line.startsWith("#")) {
                String[] nameAndState = line.split(" ", 2);
                Path slot =
                        Files.createDirectories(directory.resolve("pg_replslot").resolve(nameAndState[0]));
                Files.write(slot.resolve("state"), HexFormat.of().parseHex(nameAndState[1]));
            }
        }
        return this;
    }

    private static String slotStates() throws IOException {
        try (InputStream in = Objects.requireNonNull(ServedDirectory.class.getResourceAsStream(SLOTS), SLOTS)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** Starts a node that serves it. */
    RelayNode serve() {
        RelayNode node = new RelayNode(NodeDirectory.laidOut(directory));
        node.serveStored(TIMELINE, START, end);
        return node;
    }
}
