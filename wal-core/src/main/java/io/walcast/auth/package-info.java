// SPDX-License-Identifier: Apache-2.0

/**
 * Who may connect and how they must prove it: {@code pg_hba.conf} ({@code hba.c}), the users file with SCRAM verifiers
 * ({@code auth-scram.c}), the map from certificates to users ({@code pg_ident.conf}). The same rules for every transport.
 *
 * <p>Depends on {@code io.walcast.core}, its errors and its file system only. Everything here is immutable and safe for use from any thread.
 */
@NullMarked
package io.walcast.auth;

import org.jspecify.annotations.NullMarked;
