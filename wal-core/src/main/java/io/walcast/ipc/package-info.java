// SPDX-License-Identifier: Apache-2.0

/**
 * What processes share and how they wake each other: latch, clock, cancellation, and the state that a walreceiver
 * publishes (PostgreSQL's {@code storage/ipc} and {@code walreceiver.h}).
 *
 * <p>Depends on the values of {@code io.walcast.core} only.
 */
@NullMarked
package io.walcast.ipc;

import org.jspecify.annotations.NullMarked;
