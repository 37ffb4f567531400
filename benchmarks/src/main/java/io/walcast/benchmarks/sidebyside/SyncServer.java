// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.ToolPath;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;

/**
 * A server whose commits wait for its own disk and for one standby.
 *
 * @param postgres the server
 * @param pgbench what makes it commit
 */
record SyncServer(PostgresServer postgres, Pgbench pgbench) implements AutoCloseable {

    /** Starts one below {@code directory}, with the tables of {@code pgbench}. */
    static SyncServer start(PostgresBinaries binaries, Path directory, int scale) {
        Tool tool = Tool.of(ToolPath.ofEnvironment()
                .find("pgbench")
                .orElseThrow(() ->
                        new UnavailableException("pgbench: not found (expected: Debian's package postgresql-15)")));
        PostgresServer postgres = PostgresServer.start(PostgresServer.Options.of(binaries)
                .withDirectory(directory)
                .withFsync(true)
                .withConfiguration("autovacuum", "off")
                .withConfiguration("checkpoint_timeout", "1h")
                .withConfiguration("max_wal_size", "100GB"));
        try {
            Pgbench pgbench = new Pgbench(tool, postgres);
            pgbench.initialize(scale);
            postgres.configure("synchronous_standby_names", SyncStandby.NAME);
            return new SyncServer(postgres, pgbench);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    @Override
    public void close() {
        postgres.close();
    }
}
