// SPDX-License-Identifier: Apache-2.0

/**
 * The values everything else speaks in: positions, timelines, segment names, timeline histories.
 *
 * <p>Depends on the JDK and {@code io.walcast.core.error} only. Every type is immutable and safe to use from any thread.
 */
@NullMarked
package io.walcast.core;

import org.jspecify.annotations.NullMarked;
