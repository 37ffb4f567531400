// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.storage.ServedPosition;
import io.walcast.ipc.ReplicationSlotRow;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.ServerErrorMessage;

/** Slots of ours in real servers, and the other way round. */
@Timeout(180)
class ReplicationSlotsIT {
    private static final String VIEW = "SELECT * FROM pg_replication_slots";
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final FakeOwner OWNER = new FakeOwner(4711);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("io.walcast.testkit.postgres.PostgresBinaries#majors")
    void readsTheSlotsOfEveryVersion(int major) throws IOException {
        try (PostgresServer server = PostgresServer.start(
                Options.of(major).withWalSegmentSizeMb(1).withConfiguration("wal_level", "logical"))) {
            server.execute(
                    "SELECT pg_create_physical_replication_slot('never_used')",
                    "SELECT pg_create_physical_replication_slot('reserved', true)",
                    "SELECT pg_create_logical_replication_slot('logical', 'pgoutput', false, true)",
                    "CREATE TABLE t (a int)",
                    "SELECT pg_replication_slot_advance('reserved', pg_current_wal_flush_lsn())");
            List<Map<String, @Nullable String>> shown = RealSlots.rows(server, VIEW);
            server.stop(Mode.FAST);
            RealSlots.copy(RealSlots.files(server), directory);

            try (ReplicationSlots slots = open()) {
                assertThat(slots.rows(null)).hasSize(3);
                for (Map<String, @Nullable String> row : shown) {
                    assertThat(shown(find(slots, row.get("slot_name")), row)).isEqualTo(comparable(row));
                }
            }
            for (Map<String, @Nullable String> row : shown) {
                String name = String.valueOf(row.get("slot_name"));
                byte[] ours = Files.readAllBytes(directory.resolve(name).resolve("state"));
                byte[] theirs = RealSlots.state(server, name);
                assertThat(ours.length).isEqualTo(theirs.length);
                if (major >= 17) {
                    assertThat(ours).isEqualTo(theirs);
                }
            }
        }
    }

    @Test
    void writesWhatTheNewestVersionReads() throws IOException {
        Lsn position;
        try (PostgresServer server = PostgresServer.create(Options.of(18).withWalSegmentSizeMb(1))) {
            server.start();
            position = server.flushLsn();
            server.stop(Mode.FAST);
            writeSlots(position);
            RealSlots.copy(directory, RealSlots.files(server));

            server.start();

            Map<String, Map<String, @Nullable String>> shown = new HashMap<>();
            RealSlots.rows(server, VIEW).forEach(row -> shown.put(String.valueOf(row.get("slot_name")), row));
            assertThat(shown).containsOnlyKeys("never_used", "moved", "behind");
            try (ReplicationSlots slots = open()) {
                shown.forEach(
                        (name, row) -> assertThat(shown(find(slots, name), row)).isEqualTo(comparable(row)));
            }
            assertThat(shown.get("moved"))
                    .containsEntry("restart_lsn", position.toString())
                    .containsEntry("xmin", "731")
                    .containsEntry("wal_status", "reserved");
            assertThat(shown.get("behind"))
                    .containsEntry("invalidation_reason", "wal_removed")
                    .containsEntry("wal_status", "lost");
            server.execute("SELECT pg_replication_slot_advance('moved', pg_current_wal_flush_lsn())");
            server.stop(Mode.FAST);
            assertThat(RealSlots.state(server, "never_used"))
                    .isEqualTo(Files.readAllBytes(directory.resolve("never_used/state")));
        }
    }

    private void writeSlots(Lsn position) {
        try (ReplicationSlots slots = open()) {
            slots.create("never_used", false, null, OWNER);
            slots.create("moved", false, null, OWNER);
            slots.create("behind", false, () -> new Lsn(0x28), OWNER);
            AcquiredSlot moved = slots.acquire("moved", OWNER);
            moved.confirm(position, position, position);
            moved.feedback(731, 0);
            slots.setLimits(new WalKeepLimits(0, 0, 1 << 30));
            slots.checkpoint(
                    new WalExtent(new ServedPosition(TimelineId.FIRST, position), SIZE, 0),
                    Lsn.INVALID,
                    (timeline, segment, size) -> {});
        }
    }

    /** Every state a slot goes through while WAL is written, as PostgreSQL shows it and as we do. */
    @ParameterizedTest
    @MethodSource("io.walcast.testkit.postgres.PostgresBinaries#majors")
    void tellsTheStatusThatPostgresTells(int major) throws IOException {
        List<String> statuses = new ArrayList<>();
        for (int keepMb = 0; keepMb <= 4; keepMb += 4) {
            WalKeepLimits limits = new WalKeepLimits(keepMb << 20, 3 << 20, 2 << 20);
            try (PostgresServer server = PostgresServer.start(Options.of(major)
                    .withWalSegmentSizeMb(1)
                    .withConfiguration("wal_keep_size", keepMb + "MB")
                    .withConfiguration("max_slot_wal_keep_size", "3MB")
                    .withConfiguration("min_wal_size", "2MB")
                    .withConfiguration("max_wal_size", "2MB")
                    .withConfiguration("autovacuum", "off"))) {
                server.execute("SELECT pg_create_physical_replication_slot('a', true)");
                for (int segment = 0; segment < 9; segment++) {
                    if (segment == 2) {
                        server.execute("SELECT pg_create_physical_replication_slot('b', true)");
                    }
                    compareStatuses(server, limits, statuses);
                    server.execute("CREATE TABLE t" + segment + " (a int)", "SELECT pg_switch_wal()");
                    compareStatuses(server, limits, statuses);
                    if (segment % 2 == 1) {
                        server.execute("CHECKPOINT");
                    }
                }
            }
        }
        assertThat(statuses).contains("reserved", "extended", "unreserved", "lost");
    }

    private static void compareStatuses(PostgresServer server, WalKeepLimits limits, List<String> statuses) {
        String sql = """
                SELECT s.*, pg_current_wal_lsn() AS now,
                  (SELECT min(name) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$') AS oldest
                FROM pg_replication_slots s""";
        List<Map<String, @Nullable String>> rows = RealSlots.rows(server, sql);
        if (!rows.equals(RealSlots.rows(server, sql))) {
            return; // a checkpoint of the server's own came between
        }
        Lsn minimum = rows.stream()
                .map(row -> row.get("restart_lsn"))
                .filter(lsn -> lsn != null)
                .map(Lsn::parse)
                .min(Lsn::compareTo)
                .orElse(Lsn.INVALID);
        for (Map<String, @Nullable String> row : rows) {
            String restartLsn = row.get("restart_lsn");
            long oldest = SegmentName.parse(String.valueOf(row.get("oldest")), SIZE)
                    .orElseThrow()
                    .segmentNumber();
            WalExtent wal = new WalExtent(
                    new ServedPosition(TimelineId.FIRST, Lsn.parse(String.valueOf(row.get("now")))), SIZE, oldest - 1);
            ReplicationSlotRow ours = SlotRows.row(
                    new ReplicationSlot(stateShown(row, restartLsn), null, null),
                    new WalRetention(limits, wal, minimum));
            assertThat(ours.walStatus() == null ? null : ours.walStatus().text())
                    .as("%s", row)
                    .isEqualTo(row.get("wal_status"));
            assertThat(RealSlots.text(ours.safeWalSize())).as("%s", row).isEqualTo(row.get("safe_wal_size"));
            statuses.add(String.valueOf(row.get("wal_status")));
        }
    }

    private static SlotState stateShown(Map<String, @Nullable String> row, @Nullable String restartLsn) {
        SlotState state = SlotState.physical(
                String.valueOf(row.get("slot_name")),
                SlotPersistency.PERSISTENT,
                restartLsn == null ? Lsn.INVALID : Lsn.parse(restartLsn));
        return restartLsn == null ? state.withWalRemoved() : state;
    }

    /** The newest version's words. */
    @Test
    void refusesInPostgresWords() {
        int newest = PostgresBinaries.majors().get(PostgresBinaries.majors().size() - 1);
        try (PostgresServer server =
                        PostgresServer.start(Options.of(newest).withConfiguration("max_replication_slots", "1"));
                ReplicationSlots slots = ReplicationSlots.open(
                        directory.resolve("pg_replslot"),
                        SlotOptions.defaults(fields -> {}).withMaxReplicationSlots(1))) {
            server.execute("SELECT pg_create_physical_replication_slot('taken')");
            slots.create("taken", false, null, OWNER);
            for (String name : List.of("", "taken", "more", "A", "a-b", "ä")) {
                compareErrors(
                        server,
                        "SELECT pg_create_physical_replication_slot('" + name + "')",
                        () -> slots.create(name, false, null, OWNER));
            }
            compareErrors(server, "SELECT pg_drop_replication_slot('missing')", () -> slots.drop("missing", OWNER));
        }
    }

    private static void compareErrors(PostgresServer server, String sql, ThrowingCallable ours) {
        ServerErrorMessage theirs = RealSlots.error(server, sql);
        assertThatThrownBy(ours).as(sql).isInstanceOfSatisfying(ServerErrorException.class, e -> {
            ErrorFields fields = e.fields();
            assertThat(fields.severity()).isEqualTo(theirs.getSeverity());
            assertThat(fields.sqlState().code()).isEqualTo(theirs.getSQLState());
            assertThat(fields.message()).isEqualTo(theirs.getMessage());
            assertThat(fields.detail()).isEqualTo(theirs.getDetail());
            assertThat(fields.hint()).isEqualTo(theirs.getHint());
        });
    }

    private ReplicationSlots open() {
        return ReplicationSlots.open(directory, SlotOptions.defaults(fields -> {}));
    }

    private static ReplicationSlotRow find(ReplicationSlots slots, @Nullable String name) {
        return slots.rows(null).stream()
                .filter(row -> row.slotName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The columns that do not depend on a moment, as far as the version has them. */
    private static Map<String, @Nullable String> comparable(Map<String, @Nullable String> row) {
        Map<String, @Nullable String> comparable = new HashMap<>(row);
        comparable.keySet().removeAll(List.of("database", "inactive_since", "wal_status", "safe_wal_size"));
        return comparable;
    }

    private static Map<String, @Nullable String> shown(ReplicationSlotRow ours, Map<String, @Nullable String> columns) {
        Map<String, @Nullable String> row = new HashMap<>();
        row.put("slot_name", ours.slotName());
        row.put("plugin", ours.plugin());
        row.put("slot_type", ours.slotType());
        row.put("datoid", RealSlots.text(ours.datoid()));
        row.put("temporary", flag(ours.temporary()));
        row.put("active", flag(ours.active()));
        row.put("active_pid", RealSlots.text(ours.activePid()));
        row.put("xmin", RealSlots.text(ours.xmin()));
        row.put("catalog_xmin", RealSlots.text(ours.catalogXmin()));
        row.put("restart_lsn", RealSlots.text(ours.restartLsn()));
        row.put("confirmed_flush_lsn", RealSlots.text(ours.confirmedFlushLsn()));
        row.put("two_phase", flag(ours.twoPhase()));
        row.put("two_phase_at", RealSlots.text(ours.twoPhaseAt()));
        row.put("conflicting", flag(ours.conflicting()));
        row.put("invalidation_reason", ours.invalidationReason());
        row.put("failover", flag(ours.failover()));
        row.put("synced", flag(ours.synced()));
        row.keySet().retainAll(columns.keySet());
        return row;
    }

    private static @Nullable String flag(@Nullable Boolean flag) {
        return flag == null ? null : flag ? "t" : "f";
    }
}
