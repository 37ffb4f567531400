// SPDX-License-Identifier: Apache-2.0
/**
 * The guided tour on an embedded PostgreSQL.
 *
 * <p>Found by the {@code walcast} program at run time; the only module that ships PostgreSQL binaries.
 */
@NullMarked
package io.walcast.quickstart;

import org.jspecify.annotations.NullMarked;
