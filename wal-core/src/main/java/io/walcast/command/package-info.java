// SPDX-License-Identifier: Apache-2.0

/**
 * The replication commands of PostgreSQL 14 to 18 and their grammar ({@code repl_scanner.l}, {@code repl_gram.y}).
 *
 * <p>A transport that gets text has it parsed here; one with typed calls makes the records itself. Depends on
 * {@code io.walcast.core} and its errors only. Immutable or stateless, safe for use from any thread.
 */
@NullMarked
package io.walcast.command;

import org.jspecify.annotations.NullMarked;
