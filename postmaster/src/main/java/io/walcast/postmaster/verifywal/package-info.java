// SPDX-License-Identifier: Apache-2.0

/**
 * {@code walcast verifywal}: the command line around {@link io.walcast.core.verify}.
 *
 * <p>Runs on the main thread, with one for progress and those of the verifier beside it.
 */
@NullMarked
package io.walcast.postmaster.verifywal;

import org.jspecify.annotations.NullMarked;
