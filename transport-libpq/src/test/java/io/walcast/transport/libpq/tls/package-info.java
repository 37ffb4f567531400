// SPDX-License-Identifier: Apache-2.0
/** Tests of keys and certificates in files. */
@NullMarked
package io.walcast.transport.libpq.tls;

import org.jspecify.annotations.NullMarked;
