// SPDX-License-Identifier: Apache-2.0
/** Settings and access rules, here and in real PostgreSQL servers. */
@NullMarked
package io.walcast.postmaster.access;

import org.jspecify.annotations.NullMarked;
