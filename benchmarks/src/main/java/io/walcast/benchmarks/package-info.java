// SPDX-License-Identifier: Apache-2.0
/**
 * JMH suites. Each states in its Javadoc the claim it tests and the command that runs it.
 *
 * <p>Not published.
 */
@NullMarked
package io.walcast.benchmarks;

import org.jspecify.annotations.NullMarked;
