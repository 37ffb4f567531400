// SPDX-License-Identifier: Apache-2.0

/**
 * A replication service that does what a test says and checks how the transport calls it: what stands behind the sending
 * end of a transport that is being proved.
 *
 * <p>Depends on wal-core. Written by the test, called by the transport; safe for both.
 */
@NullMarked
package io.walcast.testkit.service;

import org.jspecify.annotations.NullMarked;
