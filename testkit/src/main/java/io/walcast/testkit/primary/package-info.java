// SPDX-License-Identifier: Apache-2.0
/**
 * A primary that does what a script says: the server end of PostgreSQL's replication protocol without a server.
 *
 * <p>Plain sockets and threads; knows nothing of the transports that are tested with it, and of {@code wal-core} only the
 * values. Each connection runs its script on a thread of its own; what was received may be looked at from any thread.
 */
@NullMarked
package io.walcast.testkit.primary;

import org.jspecify.annotations.NullMarked;
