// SPDX-License-Identifier: Apache-2.0

/**
 * Standbys that a test plays by hand against a sending end, whatever the transport, and one that speaks PostgreSQL's
 * protocol on a plain socket, down to bytes that no standby would send.
 *
 * <p>Depends on wal-core. Each standby is for one thread.
 */
@NullMarked
package io.walcast.testkit.standby;

import org.jspecify.annotations.NullMarked;
