// SPDX-License-Identifier: Apache-2.0
/**
 * Keys and certificates in files, for both ends of every transport: the forms of PEM that PostgreSQL's clients and
 * servers take, and the checks that they make. Stable for authors of transports.
 *
 * <p>Depends on {@code wal-core}'s errors and the JDK only. Stateless, safe for use from any thread.
 */
@NullMarked
package io.walcast.tls;

import org.jspecify.annotations.NullMarked;
