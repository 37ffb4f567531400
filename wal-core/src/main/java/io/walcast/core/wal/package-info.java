// SPDX-License-Identifier: Apache-2.0

/**
 * The write-ahead log as PostgreSQL 14 to 18 write it: pages, records, and where it ends.
 *
 * <p>The texts of what is wrong with WAL are those of PostgreSQL 15's {@code xlogreader.c}. Depends on {@code
 * io.walcast.core} and its errors only. Readers and checks have one owner thread each; what they read from is lent to
 * them by a {@link io.walcast.core.wal.WalPageSource}.
 */
@NullMarked
package io.walcast.core.wal;

import org.jspecify.annotations.NullMarked;
