// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;

/** WAL of a known amount, at once and without any table. */
final class WrittenWal {
    private static final int MESSAGE_BYTES = 512 * 1024;
    private static final int DIGEST_DIGITS = 32;

    private WrittenWal() {}

    /** Has {@code server} write and flush at least {@code bytes} of WAL, and returns the position after it. */
    static Lsn of(PostgresServer server, int bytes) {
        int messages = (bytes + MESSAGE_BYTES - 1) / MESSAGE_BYTES;
        server.execute("SELECT pg_logical_emit_message(true, 'walcast', repeat(md5(i::text), %d))"
                        .formatted(Math.min(bytes, MESSAGE_BYTES) / DIGEST_DIGITS + 1)
                + " FROM generate_series(1, " + messages + ") i");
        return server.flushLsn();
    }
}
