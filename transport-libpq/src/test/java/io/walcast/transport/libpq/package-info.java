// SPDX-License-Identifier: Apache-2.0
/** Tests of the transport: parsers without sockets ({@code *Test}), everything with one against servers ({@code *IT}). */
@NullMarked
package io.walcast.transport.libpq;

import org.jspecify.annotations.NullMarked;
