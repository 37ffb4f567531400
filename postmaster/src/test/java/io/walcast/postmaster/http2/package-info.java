// SPDX-License-Identifier: Apache-2.0

/**
 * HTTP/2 by hand, for peers that do what no library lets them do: any bytes, any frame, any header. Nothing here checks what
 * it sends.
 */
@NullMarked
package io.walcast.postmaster.http2;

import org.jspecify.annotations.NullMarked;
