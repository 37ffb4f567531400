// SPDX-License-Identifier: Apache-2.0
/**
 * {@code walcast receivewal}: {@code pg_receivewal}'s command line on top of the walreceiver.
 *
 * <p>Depends on wal-core and walreceiver. Everything runs on the program's main thread, but for the progress line and
 * the signal handler, which say so.
 */
@NullMarked
package io.walcast.postmaster.receivewal;

import org.jspecify.annotations.NullMarked;
