// SPDX-License-Identifier: Apache-2.0

/**
 * {@code walcast init} and {@code walcast adduser}: what makes a node's home and its users, before anything is served.
 *
 * <p>Threading: the program's main thread.
 */
@NullMarked
package io.walcast.postmaster.init;

import org.jspecify.annotations.NullMarked;
