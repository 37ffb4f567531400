// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code walcast} program and the supervision of the processes it starts.
 *
 * <p>Sees the roles but no transport: transports are found at run time.
 */
@NullMarked
package io.walcast.postmaster;

import org.jspecify.annotations.NullMarked;
