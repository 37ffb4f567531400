// SPDX-License-Identifier: Apache-2.0
/**
 * The values everything else is written in: positions, timelines, segments and the numbers PostgreSQL gives them.
 *
 * <p>Depends on the JDK only. Every type here is immutable and safe to use from any thread.
 */
@NullMarked
package io.walcast.core;

import org.jspecify.annotations.NullMarked;
