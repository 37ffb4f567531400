// SPDX-License-Identifier: Apache-2.0

/**
 * Replication slots and what they keep: the state files ({@code slot.c}), and the removal of WAL that nobody needs
 * ({@code xlog.c}, {@code KeepLogSeg}).
 *
 * <p>Every call that changes a file blocks until it is durable. Depends on {@code wal-core} only.
 */
@NullMarked
package io.walcast.walsender.slot;

import org.jspecify.annotations.NullMarked;
