// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.RelayNode;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.LibpqStandby;
import io.walcast.testkit.standby.StandbyLogin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A node in this process, and standbys of it. It is on timeline 2 and has WAL, of timeline 1 up to {@link #SWITCH}, from there
 * up to {@link #FLUSH}. What follows up to {@link #LATER} is there when a test says so.
 *
 * <p>Threading: one owner thread.
 */
final class StoredNode implements AutoCloseable {
    static final TimelineId TIMELINE = TimelineId.of(2);
    static final Lsn SWITCH = Lsn.parse("0/1000000");
    static final Lsn FLUSH = SWITCH.plus(100_000);
    static final Lsn LATER = FLUSH.plus(50_000);
    static final StandbyLogin LOGIN = StandbyLogin.PHYSICAL.withUser(PostgresServer.USER);

    private static final SegmentSize SIZE = new SegmentSize(SegmentSize.MIN_BYTES);
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7_000_000_000_000_000_001L);

    private final Path directory;
    private final RelayNode node;
    private final List<LibpqStandby> standbys = new ArrayList<>();

    /** Starts it with these lines in {@code walcast.conf}. */
    StoredNode(Path directory, String... settings) throws IOException {
        this.directory = directory;
        ServingProgram.initialize(directory, false, settings);
        Path wal = directory.resolve("pg_wal");
        Lsn parent = SIZE.startOfSegment(new Lsn(SWITCH.value() - 1));
        Files.write(wal.resolve(fileName(TimelineId.FIRST, parent)), bytes(TimelineId.FIRST, parent, SIZE.bytes()));
        Files.write(
                wal.resolve(fileName(TIMELINE, SWITCH) + ".partial"),
                Arrays.copyOf(bytes(TIMELINE, SWITCH, (int) LATER.minus(SWITCH)), SIZE.bytes()));
        Files.writeString(wal.resolve("00000002.history"), "1\t" + SWITCH + "\tno recovery target specified\n");
        node = new RelayNode(NodeDirectory.laidOut(directory));
        node.serveStored(TIMELINE, SWITCH, FLUSH);
    }

    private static String fileName(TimelineId timeline, Lsn lsn) {
        return SegmentName.containing(timeline, lsn, SIZE).fileName(SIZE);
    }

    private static byte[] bytes(TimelineId timeline, Lsn start, int length) {
        return new SyntheticWal(SYSTEM, timeline, SIZE, 1).bytes(start, length);
    }

    InetSocketAddress address() {
        return node.address();
    }

    /** Has the WAL up to {@link #LATER} arrive. */
    void more() {
        node.serveStored(TIMELINE, SWITCH, LATER);
    }

    /** Connects a standby, which is cut at the end of the test. */
    LibpqStandby connect(StandbyLogin login) throws IOException {
        LibpqStandby standby = LibpqStandby.connect(address(), login);
        standbys.add(standby);
        return standby;
    }

    LibpqStandby connect() throws IOException {
        return connect(LOGIN);
    }

    /** Connects a standby that is dropped after a second of silence. */
    LibpqStandby connectImpatient() throws IOException {
        return connect(LOGIN.with("options", "-c wal_sender_timeout=1s"));
    }

    /** Creates a slot that keeps WAL from {@link #SWITCH} on. */
    void createSlot(String name) throws IOException {
        CreateReplicationSlot create = new CreateReplicationSlot(name, false, null, true, null, false, false);
        assertThat(connect().execute(create, PATIENCE).tags()).containsExactly("CREATE_REPLICATION_SLOT");
    }

    /** Connects a standby that streams from {@link #SWITCH} through a slot, and has got all there is. */
    LibpqStandby streamingThrough(String slot) throws IOException {
        LibpqStandby standby = connect();
        standby.send(new StartReplication(slot, SWITCH, TIMELINE));
        assertThat(standby.next(PATIENCE)).isInstanceOf(FromServer.CopyBoth.class);
        awaitWal(standby, FLUSH);
        return standby;
    }

    /** Reads up to the end of WAL before {@code upto}. */
    static void awaitWal(LibpqStandby standby, Lsn upto) {
        Lsn end = Lsn.INVALID;
        while (end.isBefore(upto)) {
            FromServer message = standby.next(PATIENCE);
            if (message instanceof FromServer.Wal wal) {
                end = wal.start().plus(wal.bytes().remaining());
            } else {
                assertThat(message).isInstanceOf(FromServer.Keepalive.class);
            }
        }
    }

    /** Returns from where a slot keeps WAL. */
    Lsn restartLsn(String slot) throws IOException {
        try (LibpqStandby asker = LibpqStandby.connect(address(), LOGIN)) {
            FromServer.DataRow row = asker.execute(new ReadReplicationSlot(slot), PATIENCE)
                    .rows()
                    .get(0);
            return Lsn.parse(Objects.requireNonNull(row.latin1(1), "restart_lsn"));
        }
    }

    /** Returns what {@code walcast status} reads. */
    String status() throws IOException {
        return Files.readString(directory.resolve("status.json"));
    }

    @Override
    public void close() {
        standbys.forEach(LibpqStandby::close);
        node.close();
    }
}
