// SPDX-License-Identifier: Apache-2.0
/**
 * The sending end over gRPC: who may come in, sessions as calls, and calls for those who need one answer only.
 *
 * <p>Threads, whatever the number of sessions: gRPC's event loops, which read, write and encrypt; a few that run sessions,
 * where messages are parsed and WAL is framed and compressed; one or two that check passwords. What belongs to a session is
 * confined to its {@link io.walcast.transport.grpc.server.Turns}: one thing after the other, on whichever of these threads.
 *
 * <p>A session takes a few kilobytes besides gRPC's own stream, and at most {@code sendBufferBytes} and one message of WAL
 * that its peer has not read yet.
 */
@NullMarked
package io.walcast.transport.grpc.server;

import org.jspecify.annotations.NullMarked;
