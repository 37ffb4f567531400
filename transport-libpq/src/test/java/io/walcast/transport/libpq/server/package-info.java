// SPDX-License-Identifier: Apache-2.0
/** Tests of the server end. */
@NullMarked
package io.walcast.transport.libpq.server;

import org.jspecify.annotations.NullMarked;
