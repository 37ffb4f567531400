// SPDX-License-Identifier: Apache-2.0
/**
 * Runs PostgreSQL's own programs and ours in turn on the same work, and says what each took.
 *
 * <p>Programs are started as users start them and measured from outside; nothing here links what it measures. One thread
 * does all, beside the one that samples memory.
 */
@NullMarked
package io.walcast.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
