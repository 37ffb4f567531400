// SPDX-License-Identifier: Apache-2.0
/**
 * PostgreSQL's own wire protocol, version 3, on Netty.
 *
 * <p>Depends on {@code wal-core} and Netty; no Netty type leaves this module. State of a connection is confined to its
 * event loop.
 */
@NullMarked
package io.walcast.transport.libpq;

import org.jspecify.annotations.NullMarked;
