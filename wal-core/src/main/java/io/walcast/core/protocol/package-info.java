// SPDX-License-Identifier: Apache-2.0

/**
 * The streaming replication messages and their byte layout.
 *
 * <p>Depends on {@code io.walcast.core} and its errors only: no Netty, no gRPC, no logging. Every type here is immutable or
 * stateless and safe to use from any thread, except that the payload of WAL data is borrowed.
 */
@NullMarked
package io.walcast.core.protocol;

import org.jspecify.annotations.NullMarked;
