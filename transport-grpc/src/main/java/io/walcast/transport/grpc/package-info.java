// SPDX-License-Identifier: Apache-2.0

/**
 * The receiving end over gRPC: the service of {@code replication.proto}, called. One session is one bidirectional call on
 * an HTTP/2 connection of its own.
 *
 * <p>Depends on gRPC, Netty and {@code wal-core}. Only {@link io.walcast.transport.grpc.GrpcReceiverTransport} is public.
 */
@NullMarked
package io.walcast.transport.grpc;

import org.jspecify.annotations.NullMarked;
