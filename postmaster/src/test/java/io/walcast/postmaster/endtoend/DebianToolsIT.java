// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.ToolPath;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's tools of PostgreSQL 15 at work on our directories, and we on theirs. */
@RequiresTool(
        value = {"pg_receivewal", "pg_waldump"},
        group = "tools of PostgreSQL 15")
@Timeout(60)
class DebianToolsIT {
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final Servers servers =
            new Servers(major -> Options.of(major).withWalSegmentSizeMb(1));

    @TempDir
    private Path directory;

    private final PostgresServer server = servers.of(15);

    @AfterAll
    static void stopServers() {
        servers.close();
    }

    @Test
    void continueOursAndWeContinueTheirs() {
        receiveOurselves();
        assertThat(Snapshot.of(directory).names(".partial")).hasSize(1);
        receiveWithPgReceivewal();
        assertThat(Snapshot.of(directory).names(".partial")).hasSize(1);
        Lsn end = receiveOurselves();

        assertThat(Receiving.requireSame(directory, server, end).segments()).isGreaterThanOrEqualTo(4);
    }

    private Lsn receiveOurselves() {
        try (Receiving receiving = Receiving.start(Receiving.config(server, directory))) {
            receiving.catchUpWith(server);
            WrittenWal.of(server, SEGMENT_BYTES * 3 / 2);
            return receiving.catchUpWith(server);
        }
    }

    private void receiveWithPgReceivewal() {
        try (Tool.Running program = Tool.of(ToolPath.require("pg_receivewal"))
                .start("-D", directory.toString(), "-d", server.conninfo(""), "--synchronous", "--no-loop")) {
            Lsn end = WrittenWal.of(server, SEGMENT_BYTES * 3 / 2);
            server.await(
                    "SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = 'pg_receivewal'"
                            + " AND flush_lsn >= '" + end + "'",
                    PATIENCE);
            program.interrupt();

            assertThat(program.await(PATIENCE))
                    .satisfies(result ->
                            assertThat(result.exitCode()).as(result.stderr()).isZero());
        }
    }

    @Test
    void readOursToTheSameEnd() throws IOException {
        Lsn start = server.flushLsn();
        Lsn end = receiveOurselves();
        Path partial =
                directory.resolve(Snapshot.of(directory).names(".partial").get(0));
        String name = partial.getFileName().toString();
        Files.copy(partial, directory.resolve(name.substring(0, name.length() - ".partial".length())));
        Lsn from = new SegmentSize(SEGMENT_BYTES).startOfSegment(start);

        Tool.Result ours = waldump(directory, from, end);
        Tool.Result theirs = waldump(server.walDirectory(), from, end);

        assertThat(ours.requireSuccess().stdout())
                .isEqualTo(theirs.requireSuccess().stdout());
        assertThat(ours.stdout().lines().toList()).hasSizeGreaterThan(3);
    }

    private static Tool.Result waldump(Path directory, Lsn from, Lsn to) {
        return Tool.of(ToolPath.require("pg_waldump"))
                .run(PATIENCE, "--path=" + directory, "--start=" + from, "--end=" + to);
    }
}
