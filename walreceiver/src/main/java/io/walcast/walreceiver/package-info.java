// SPDX-License-Identifier: Apache-2.0
/**
 * The walreceiver: connects to a primary, streams WAL, writes and flushes it, and reports what is durable.
 *
 * <p>Depends on {@code wal-core} only; the transport is found at run time.
 */
@NullMarked
package io.walcast.walreceiver;

import org.jspecify.annotations.NullMarked;
