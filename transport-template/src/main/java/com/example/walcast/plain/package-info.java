// SPDX-License-Identifier: Apache-2.0

/**
 * A transport to copy from: both ends, over plain frames on TCP, with nothing but the JDK. It neither encrypts nor asks for
 * a password: who may connect is decided by address alone ({@code trust} in {@code pg_hba.conf}).
 *
 * <p>Threads: one for each connection of the receiving end, one for each listener of the sending end. {@link
 * com.example.walcast.plain.Loop} is that thread, {@link com.example.walcast.plain.Wire} a connection on it.
 */
@NullMarked
package com.example.walcast.plain;

import org.jspecify.annotations.NullMarked;
