// SPDX-License-Identifier: Apache-2.0
/** Keeps the benchmarks from rotting. */
@NullMarked
package io.walcast.benchmarks;

import org.jspecify.annotations.NullMarked;
