// SPDX-License-Identifier: Apache-2.0
/**
 * Puts PostgreSQL's own {@code pg_receivewal} and ours, under that name, into the same situations and compares all that can be
 * seen of them from outside.
 */
@NullMarked
package io.walcast.postmaster.dropin;

import org.jspecify.annotations.NullMarked;
