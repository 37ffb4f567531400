// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link XLogReader} knows beforehand about the WAL it reads.
 *
 * @param segmentSize the size of its segments
 * @param version which version wrote it, or null to learn that from the first page
 * @param systemIdentifier the cluster it must belong to, or null for any
 * @param timeline the timeline it is read on: no page may have a later one, and header fields that PostgreSQL leaves
 *     unchecked are checked too; null to check just what PostgreSQL checks
 */
public record XLogReaderOptions(
        SegmentSize segmentSize,
        @Nullable WalVersion version,
        @Nullable SystemIdentifier systemIdentifier,
        @Nullable TimelineId timeline) {
    public XLogReaderOptions {
        requireNonNull(segmentSize, "segmentSize");
    }

    /** Returns options that demand no more than {@code pg_waldump} does. */
    public static XLogReaderOptions of(SegmentSize segmentSize) {
        return new XLogReaderOptions(segmentSize, null, null, null);
    }

    /** Returns a copy for WAL that {@code version} wrote. */
    public XLogReaderOptions withVersion(WalVersion version) {
        return new XLogReaderOptions(segmentSize, version, systemIdentifier, timeline);
    }

    /** Returns a copy for WAL of the given cluster. */
    public XLogReaderOptions withSystemIdentifier(SystemIdentifier systemIdentifier) {
        return new XLogReaderOptions(segmentSize, version, systemIdentifier, timeline);
    }

    /** Returns a copy for WAL that is read on {@code timeline}, with the stricter checks. */
    public XLogReaderOptions withTimeline(TimelineId timeline) {
        return new XLogReaderOptions(segmentSize, version, systemIdentifier, timeline);
    }
}
