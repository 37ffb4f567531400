// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;

/**
 * How far WAL may be sent, and on which timeline: the two belong together.
 *
 * @param timeline the newest timeline whose WAL is there
 * @param flushedUpto the WAL before it is on disk for good, and checked
 */
public record ServedPosition(TimelineId timeline, Lsn flushedUpto) {
    public ServedPosition {
        requireNonNull(timeline, "timeline");
        requireNonNull(flushedUpto, "flushedUpto");
    }
}
