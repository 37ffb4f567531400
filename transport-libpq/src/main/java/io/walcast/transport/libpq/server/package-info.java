// SPDX-License-Identifier: Apache-2.0
/**
 * The server end of PostgreSQL's wire protocol: accept, startup, authentication, commands and streaming out
 * ({@code backend_startup.c}, {@code auth.c}, {@code auth-scram.c}, {@code postgres.c}'s input, {@code pqcomm.c}).
 *
 * <p>A few event loops serve all connections of a listener; everything of a connection is confined to one of them.
 * Depends on {@code wal-core}, Netty and the files of the client end that read keys and certificates.
 */
@NullMarked
package io.walcast.transport.libpq.server;

import org.jspecify.annotations.NullMarked;
