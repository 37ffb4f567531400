// SPDX-License-Identifier: Apache-2.0

/**
 * {@code walcast waldump}: the records of the WAL as text, as {@code pg_waldump} 15 prints them.
 *
 * <p>One thread, which reads and prints; another one may ask it to stop. Depends on {@code io.walcast.core} and its packages.
 * Not for use outside this module.
 */
@NullMarked
package io.walcast.postmaster.waldump;

import org.jspecify.annotations.NullMarked;
