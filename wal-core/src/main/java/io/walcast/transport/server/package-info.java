// SPDX-License-Identifier: Apache-2.0
/**
 * What the sending ends of all transports do alike about those who come to the door: how many may, who waits, how long a
 * failed login takes, what they are told and what is said of them in the log. For authors of transports; no promise yet.
 *
 * <p>Depends on {@code wal-core} and the JDK only. Safe for use from any thread, except for
 * {@link io.walcast.transport.server.WaitingLine}.
 */
@NullMarked
package io.walcast.transport.server;

import org.jspecify.annotations.NullMarked;
