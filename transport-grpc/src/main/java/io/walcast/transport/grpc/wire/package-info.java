// SPDX-License-Identifier: Apache-2.0
/**
 * What both ends of the gRPC transport share: messages of {@code replication.proto} to and from the types of
 * {@code wal-core}, WAL in and out of messages without needless copies, compression, and errors as statuses. Not for use
 * outside this module; may change in any release.
 */
@NullMarked
package io.walcast.transport.grpc.wire;

import org.jspecify.annotations.NullMarked;
