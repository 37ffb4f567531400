// SPDX-License-Identifier: Apache-2.0

/**
 * The same bytes sent to PostgreSQL and to our relay of it, and all that comes back compared.
 */
@NullMarked
package io.walcast.postmaster.differential;

import org.jspecify.annotations.NullMarked;
