// SPDX-License-Identifier: Apache-2.0
/**
 * {@code walcast serve} and {@code walcast status}: starts what a serving node is made of, and stops it in order.
 *
 * <p>Depends on wal-core and walsender. The main thread starts, waits and stops; a signal's thread only sets flags.
 */
@NullMarked
package io.walcast.postmaster.serve;

import org.jspecify.annotations.NullMarked;
