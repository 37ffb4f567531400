// SPDX-License-Identifier: Apache-2.0
/** Receiving from real PostgreSQL servers, from their socket to our files, as a library and as a program. */
@NullMarked
package io.walcast.postmaster.endtoend;

import org.jspecify.annotations.NullMarked;
