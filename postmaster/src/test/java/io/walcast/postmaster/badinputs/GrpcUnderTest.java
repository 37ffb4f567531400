// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

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
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A node with a little WAL, behind gRPC on a port of the loopback. */
final class GrpcUnderTest implements AutoCloseable {
    static final TimelineId TIMELINE = TimelineId.of(2);
    static final Lsn START = Lsn.parse("0/1000000");
    static final Lsn END = START.plus(100_000);
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7_000_000_000_000_000_001L);

    private static final SegmentSize SIZE = new SegmentSize(SegmentSize.MIN_BYTES);

    private final RelayNode node;

    private GrpcUnderTest(RelayNode node) {
        this.node = node;
    }

    /** Starts one at an address of this form, with these lines in {@code walcast.conf} besides. */
    static GrpcUnderTest start(Path root, String listen, String hba, String... settings) throws IOException {
        List<String> lines = new ArrayList<>(List.of("authentication_timeout = 3s", "max_wal_senders = 50"));
        lines.addAll(List.of(settings));
        ServingProgram.initialize(root, false, lines.toArray(String[]::new));
        ServingProgram.write(root.resolve("users"), "rep - replication\nplain -\n");
        ServingProgram.write(root.resolve("pg_hba.conf"), hba);
        Path wal = root.resolve("pg_wal");
        SyntheticWal synthetic = new SyntheticWal(SYSTEM, TIMELINE, SIZE, 1);
        Files.write(
                wal.resolve(SegmentName.containing(TIMELINE, START, SIZE).fileName(SIZE) + ".partial"),
                Arrays.copyOf(synthetic.bytes(START, 100_000), SIZE.bytes()));
        Files.writeString(wal.resolve("00000002.history"), "1\t" + START + "\tno recovery target specified\n");
        RelayNode node = new RelayNode(NodeDirectory.laidOut(root), listen);
        node.serveStored(TIMELINE, START, END);
        return new GrpcUnderTest(node);
    }

    InetSocketAddress address() {
        return node.address();
    }

    @Override
    public void close() {
        node.close();
    }
}
