// SPDX-License-Identifier: Apache-2.0

/**
 * WAL on disk: one receive directory, the segments being written to it, and the small file-system interface below them.
 *
 * <p>What must never break is told by {@link io.walcast.core.storage.SegmentWriter}: a position it calls flushed is on
 * disk, file and directory entry. One failed sync ends the storage. Nothing here touches a file but through
 * {@link io.walcast.core.storage.WalFileSystem}, so that a test can fail every single call.
 */
@NullMarked
package io.walcast.core.storage;

import org.jspecify.annotations.NullMarked;
