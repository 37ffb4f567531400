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
 * <p>This package and what it is made of ({@code io.walcast.core} with its messages and errors, {@code io.walcast.command},
 * {@code io.walcast.auth}, {@code io.walcast.ipc}) is promised to transports: from 1.0 on, what was compiled against it works with every
 * minor version. {@link io.walcast.transport.WalReceiverTransport#API_VERSION} and {@link
 * io.walcast.transport.WalSenderTransport#API_VERSION} are raised when that cannot be kept; a transport with another number is
 * refused. What implements our interfaces are transports ({@code WalReceiverTransport}, {@code WalReceiverConnection}, {@code
 * WalSenderTransport}, {@code Listener}, {@code SessionPeer}, {@code Reply}); we implement the others. {@code
 * io.walcast.transport.client} and {@code server} help and promise nothing yet.
 *
 * <p>Depends on {@code io.walcast.core}, its messages and errors, {@code io.walcast.command}, {@code io.walcast.auth} and
 * {@code io.walcast.ipc}.
 */
@NullMarked
package io.walcast.transport;

import org.jspecify.annotations.NullMarked;
