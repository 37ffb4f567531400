// SPDX-License-Identifier: Apache-2.0
/**
 * {@code walcast status}: what a serving process tells of itself in its home, {@code status.json}, and who prints it.
 *
 * <p>Depends on wal-core.
 */
@NullMarked
package io.walcast.postmaster.status;

import org.jspecify.annotations.NullMarked;
