// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import io.walcast.core.Lsn;

/**
 * A primary's keepalive, as seen on the wire.
 *
 * @param serverEnd the end of WAL on the server
 * @param replyRequested whether it asks for a status update at once
 * @param seenNanos {@link System#nanoTime} when it was seen
 */
public record SeenKeepalive(Lsn serverEnd, boolean replyRequested, long seenNanos) {}
