// SPDX-License-Identifier: Apache-2.0

/**
 * The transport API, both ends, and nothing about how a connection is made.
 *
 * <p>Receiving end: what a walreceiver needs from a connection (PostgreSQL's {@code WalReceiverFunctionsType}), from
 * {@link io.walcast.transport.WalReceiverTransport} on. Its two defining properties: {@code receive} never blocks, and what
 * it hands out is borrowed until the next call.
 *
 * <p>Sending end: how receivers reach a walsender, from {@link io.walcast.transport.WalSenderTransport} on. The transport
 * pulls, so that a slow peer costs nothing but its own position.
 *
 * <p>Depends on {@code io.walcast.core}, its messages and errors, {@code io.walcast.command}, {@code io.walcast.auth} and
 * {@code io.walcast.ipc}.
 */
@NullMarked
package io.walcast.transport;

import org.jspecify.annotations.NullMarked;
