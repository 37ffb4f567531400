// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.testkit.MissingGroups;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class PostgresServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("io.walcast.testkit.postgres.PostgresBinaries#majors")
    void keepsItsRowsAndItsPortWhenItIsStoppedKilledAndRestarted(int major) {
        try (PostgresServer server = PostgresServer.start(Options.of(major))) {
            int port = server.port();
            server.execute("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)");

            server.stop(Mode.FAST);
            assertThat(server.isRunning()).isFalse();
            server.start();
            server.execute("INSERT INTO t VALUES (2)");
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.start();
            server.restart();

            assertThat(server.query("SELECT count(*) FROM t")).isEqualTo("2");
            assertThat(server.query("SHOW server_version_num")).startsWith(Integer.toString(major));
            assertThat(server.port()).isEqualTo(port);
        }
    }

    @Test
    void stopsInEveryMode() {
        try (PostgresServer server = PostgresServer.start(Options.of(17))) {
            for (Mode mode : Mode.values()) {
                server.stop(mode, PATIENCE);

                assertThat(server.isRunning()).isFalse();
                assertThat(server.logTail())
                        .contains("received " + mode.name().toLowerCase(Locale.ROOT) + " shutdown request");
                server.start();
            }
        }
    }

    static List<Integer> oldestAndNewest() {
        List<Integer> majors = PostgresBinaries.majors();
        return List.of(majors.get(0), majors.get(majors.size() - 1));
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void makesAStandbyThatStreamsAndPromotes(int major) {
        try (PostgresServer primary = PostgresServer.start(Options.of(major).withWalSegmentSizeMb(1));
                Load load = Load.start(primary, Load.Options.defaults().withThreads(2));
                PostgresServer standby = PostgresServer.standbyOf(primary, Options.of(major))) {
            load.awaitCommits(load.commits() + 100, PATIENCE);
            Load.Totals totals = load.stop();
            String reached = "SELECT pg_last_wal_replay_lsn() >= '" + primary.flushLsn() + "'";
            standby.await(reached, PATIENCE);

            assertThat(standby.timeline()).isEqualTo(TimelineId.FIRST);
            assertThat(standby.segmentSize()).isEqualTo(new SegmentSize(1 << 20));
            assertThat(standby.query("SELECT count(*) >= " + totals.commits() + " FROM walcast_load"))
                    .isEqualTo("t");

            standby.promote();

            assertThat(standby.timeline()).isEqualTo(new TimelineId(2));
            standby.execute("CREATE TABLE t (a int)");
        }
    }

    @Test
    void makesAStandbyOfAStandby() {
        try (PostgresServer primary = PostgresServer.start(Options.of(18));
                PostgresServer first = PostgresServer.standbyOf(primary, Options.of(18));
                PostgresServer second = PostgresServer.standbyOf(first, Options.of(18))) {
            primary.execute("CREATE TABLE t (a int)");

            second.await("SELECT to_regclass('t') IS NOT NULL", PATIENCE);
            assertThat(first.query("SELECT count(*) FROM pg_stat_replication")).isEqualTo("1");
        }
    }

    @Test
    void runsAsNobodyWhereNamespacesAreNotAllowed() {
        if (Privileges.current() == Privileges.OWN) {
            MissingGroups.ofBuild().leaveOut("servers as nobody", "only root may become nobody");
        }
        Options options = Options.of(17).withDirectory(directory);
        try (PostgresServer primary =
                        PostgresServer.create(options, Privileges.NOBODY).start();
                PostgresServer standby = PostgresServer.standbyOf(primary, options, Privileges.NOBODY)) {
            primary.configure("work_mem", "7MB");
            primary.restart();
            standby.kill();
            standby.start();
            standby.promote();

            assertThat(primary.query("SHOW work_mem")).isEqualTo("7MB");
            assertThat(primary.dataDirectory())
                    .satisfies(data -> assertThat(Files.getOwner(data)).isNotEqualTo(Files.getOwner(directory)));
        }
    }

    @Test
    void standbyCanStreamThroughASlot() {
        try (PostgresServer primary = PostgresServer.start(Options.of(18))) {
            primary.execute("SELECT pg_create_physical_replication_slot('s')");
            try (PostgresServer standby =
                    PostgresServer.standbyOf(primary, Options.of(18).withPrimarySlotName("s"))) {
                primary.await("SELECT active FROM pg_replication_slots WHERE slot_name = 's'", PATIENCE);

                assertThat(standby.query("SELECT pg_is_in_recovery()")).isEqualTo("t");
            }
        }
    }

    @Test
    void writesSegmentsOfTheSizeAskedFor() {
        try (PostgresServer server = PostgresServer.start(Options.of(18).withWalSegmentSizeMb(64))) {
            Lsn end = server.switchWal();

            assertThat(server.segmentSize()).isEqualTo(new SegmentSize(64 << 20));
            assertThat(server.walDirectory().resolve("000000010000000000000001"))
                    .hasSize(64 << 20);
            assertThat(server.currentWalLsn()).isGreaterThanOrEqualTo(end);
            assertThat(server.flushLsn()).isGreaterThanOrEqualTo(end);
            assertThat(server.systemIdentifier().toString())
                    .isEqualTo(server.query("SELECT system_identifier FROM pg_control_system()"));
        }
    }

    @Test
    void appliesItsConfigurationAndRefusesToStartWithAWrongOne() {
        try (PostgresServer server = PostgresServer.start(
                Options.of(16).withDirectory(directory).withConfiguration("cluster_name", "it's \\ me"))) {
            assertThat(server.query("SHOW cluster_name")).isEqualTo("it's \\ me");
            assertThat(server.query("SHOW fsync")).isEqualTo("off");

            server.configure("work_mem", "7MB");
            assertThat(server.query("SHOW work_mem")).isEqualTo("7MB");

            server.stop(Mode.FAST);
            server.configure("shared_buffers", "none");
            assertThatThrownBy(server::start)
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("PostgreSQL 16 did not start")
                    .hasMessageContaining("shared_buffers");
        }
    }

    @Test
    void asksForAPasswordWhereTheRulesSaySo() {
        try (PostgresServer server = PostgresServer.start(Options.of(15)
                .withHba("host all postgres 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 reject"))) {
            server.execute("CREATE ROLE r LOGIN REPLICATION");

            assertThatThrownBy(() -> server.connect(Map.of("user", "r")))
                    .isInstanceOfSatisfying(
                            PostgresException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("28000"));

            server.setHba("host all all 127.0.0.1/32 trust");
            assertThat(server.query("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void listensOnAUnixSocketWithAShortPath() {
        try (PostgresServer server = PostgresServer.start(Options.of(15))) {
            Path socket = server.socketDirectory().resolve(".s.PGSQL." + server.port());

            assertThat(socket).exists();
            assertThat(socket.toString()).hasSizeLessThan(100);
        }
    }

    @Test
    void leavesNothingBehind() {
        PostgresServer server = PostgresServer.start(Options.of(18).withDirectory(directory));
        Path sockets = server.socketDirectory();
        long pid = server.pid();

        server.close();

        assertThat(directory).isEmptyDirectory();
        assertThat(sockets).doesNotExist();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> PostgresBinaries.forMajor(9, directory))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("PostgreSQL 9: no jar")
                .hasMessageContaining(directory.toString());
    }

    @Test
    void unpacksOnceForAll() throws Exception {
        PostgresBinaries first = PostgresBinaries.forMajor(18);
        Object before = Files.readAttributes(first.program("postgres"), "unix:ino,lastModifiedTime");
        PostgresBinaries second = PostgresBinaries.forMajor(18);

        assertThat(second).isEqualTo(first);
        assertThat(Files.readAttributes(second.program("postgres"), "unix:ino,lastModifiedTime"))
                .isEqualTo(before);
        assertThat(List.of("initdb", "pg_ctl", "postgres"))
                .allSatisfy(name -> assertThat(first.program(name)).isExecutable());
    }
}
