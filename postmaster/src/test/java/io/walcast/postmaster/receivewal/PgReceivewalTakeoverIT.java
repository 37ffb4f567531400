// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.WalcastProgram.pgReceivewal;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.WalFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL's own program and ours take turns on one directory. */
@RequiresTool({"pg_receivewal", "pg_waldump"})
@Timeout(180)
class PgReceivewalTakeoverIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void eachContinuesTheOthersDirectory() {
        try (PostgresServer server =
                PostgresServer.start(PostgresServer.Options.of(15).withWalSegmentSizeMb(1))) {
            Lsn begin = server.flushLsn();
            server.execute("CREATE TABLE t (v text)", "SELECT pg_create_physical_replication_slot('turn', true)");
            for (int turn = 0; turn < 4; turn++) {
                server.execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 1500)");
                Lsn end = server.flushLsn();
                server.execute("SELECT pg_logical_emit_message(true, 'turn', 'over')");
                Tool tool = turn % 2 == 0 ? Tool.require("pg_receivewal") : pgReceivewal();

                Result result = tool.run(
                        TIMEOUT, "-D", directory.toString(), "-S", "turn", "-n", "-E" + end, "-d", server.conninfo(""));

                assertThat(result.stderr()).doesNotContain("error", "warning");
                assertThat(result.exitCode()).isZero();
                assertThat(WalFiles.compare(directory, server, end).differences())
                        .isEmpty();
            }
            Result dump = Tool.require("pg_waldump")
                    .run(TIMEOUT, "-p", directory.toString(), "-s", begin.toString(), "-n", "100");
            assertThat(dump.requireSuccess().stdout().lines()).hasSize(100);
        }
    }
}
