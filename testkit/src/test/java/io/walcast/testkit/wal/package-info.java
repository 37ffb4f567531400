// SPDX-License-Identifier: Apache-2.0
/** The reader of WAL on what real servers wrote, with {@code pg_waldump} as its judge. */
@NullMarked
package io.walcast.testkit.wal;

import org.jspecify.annotations.NullMarked;
