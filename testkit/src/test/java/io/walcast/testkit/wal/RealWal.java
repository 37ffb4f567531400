// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;

/** A server's WAL with everything in it that is awkward to read. */
final class RealWal {
    private static final int STARTS = 2;

    private RealWal() {}

    /** Returns a server, killed, that wrote long records, segment switches, and went through a crash. */
    static PostgresServer write(int major, int segmentMb) {
        PostgresServer server = PostgresServer.start(Options.of(major)
                .withWalSegmentSizeMb(segmentMb)
                .withConfiguration("wal_level", "logical")
                .withConfiguration("wal_compression", "on")
                .withConfiguration("autovacuum", "off"));
        server.execute(
                "CREATE TABLE t (a int, b text)",
                "CREATE INDEX ON t (a)",
                "INSERT INTO t SELECT g, repeat('x', g % 500) FROM generate_series(1, 5000) g",
                "SELECT pg_switch_wal()",
                "SELECT pg_logical_emit_message(false, 'walcast', repeat('m', 3000000))",
                "CHECKPOINT",
                "UPDATE t SET b = b || 'z' WHERE a % 7 = 0",
                "SELECT pg_switch_wal()",
                "DELETE FROM t WHERE a < 100",
                "VACUUM t");
        for (int i = 0; i < STARTS; i++) {
            server.stop(Mode.IMMEDIATE);
            server.start();
            server.execute("INSERT INTO t SELECT g, 'after a crash' FROM generate_series(1, 2000) g");
        }
        server.kill();
        return server;
    }
}
