// SPDX-License-Identifier: Apache-2.0

/**
 * What the resource managers have written into the records of the WAL, as text: their names, their operations, the details
 * and the blocks, as {@code pg_waldump} 15 prints them.
 *
 * <p>Depends on {@code io.walcast.core} and {@code io.walcast.core.wal} only. Stateless: for any thread, on records that the
 * caller holds.
 */
@NullMarked
package io.walcast.core.wal.rmgr;

import org.jspecify.annotations.NullMarked;
