// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PostgreSQL's own {@code pg_receivewal} (15) and ours, under that name, side by side: what they say to the server, what they report to
 * it, what they print, how they end, and which files they leave.
 */
@RequiresTool("pg_receivewal")
@Timeout(180)
class DropInIT {
    private static final WantedDifferences wanted = new WantedDifferences();
    private static PostgresServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServer.Options.of(15)
                .withWalSegmentSizeMb(1)
                .withInitdbArguments("--allow-group-access")
                .withConfiguration("autovacuum", "off")
                .withConfiguration("bgwriter_lru_maxpages", "0"));
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(wanted.unused()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.walcast.postmaster.dropin.Scenarios#all")
    void nobodyNotices(Scenario scenario) throws Exception {
        String theirs = transcript(scenario, Tool.require("pg_receivewal"), "theirs");
        String ours = transcript(scenario, WalcastProgram.pgReceivewal(), "ours");

        assertThat(ours).isEqualTo(wanted.expected(scenario.name(), theirs));
    }

    private String transcript(Scenario scenario, Tool tool, String name) throws Exception {
        // Each begins in a segment of its own, with something in it.
        server.switchWal();
        server.execute("SELECT pg_logical_emit_message(true, 'drop-in', 'begin')");
        try (Side side = new Side(tool, server, Files.createDirectories(directory.resolve(name)))) {
            scenario.act().to(side);
            return side.transcript();
        }
    }
}
