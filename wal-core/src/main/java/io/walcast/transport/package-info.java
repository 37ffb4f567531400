// SPDX-License-Identifier: Apache-2.0

/**
 * The transport API, receiving end: what a walreceiver needs from a connection, and nothing about how it is made
 * (PostgreSQL's {@code WalReceiverFunctionsType}).
 *
 * <p>Its two defining properties: {@code receive} never blocks, and what it hands out is borrowed until the next call.
 * Depends on {@code io.walcast.core}, its messages and errors, and {@code io.walcast.ipc}.
 */
@NullMarked
package io.walcast.transport;

import org.jspecify.annotations.NullMarked;
