// SPDX-License-Identifier: Apache-2.0

/**
 * Settings with PostgreSQL's names, defaults, units and printing ({@code guc.c}, {@code guc_tables.c}), their file in the
 * syntax of {@code postgresql.conf} ({@code guc-file.l}), and what a server reports of them to its clients.
 *
 * <p>Depends on {@code io.walcast.core} and its errors only. Everything here is immutable and safe for use from any thread.
 */
@NullMarked
package io.walcast.guc;

import org.jspecify.annotations.NullMarked;
