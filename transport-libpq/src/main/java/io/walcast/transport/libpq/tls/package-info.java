// SPDX-License-Identifier: Apache-2.0
/**
 * Keys and certificates in files, for both ends of this transport. Not for use outside this module; may change in any
 * release.
 *
 * <p>Depends on {@code wal-core}'s errors and the JDK only. Stateless, safe for use from any thread.
 */
@NullMarked
package io.walcast.transport.libpq.tls;

import org.jspecify.annotations.NullMarked;
