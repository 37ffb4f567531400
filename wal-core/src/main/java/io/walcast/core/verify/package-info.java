// SPDX-License-Identifier: Apache-2.0

/**
 * Whether the WAL in a directory is whole: every page, record and checksum of every timeline, and where it ends.
 *
 * <p>Nothing is written. Depends on {@code io.walcast.core}, its storage and its WAL. {@link
 * io.walcast.core.verify.WalVerifier} is the way in; segments are read by several threads, each with its own buffer.
 */
@NullMarked
package io.walcast.core.verify;

import org.jspecify.annotations.NullMarked;
