// SPDX-License-Identifier: Apache-2.0

/**
 * The walsender role: sessions, what they send, and how far their peers are ({@code walsender.c}).
 *
 * <p>A walsender is no thread: the transport calls its session, which never blocks. What reads or syncs files runs on a small
 * pool. Depends on {@code wal-core} only; sees no transport.
 */
@NullMarked
package io.walcast.walsender;

import org.jspecify.annotations.NullMarked;
