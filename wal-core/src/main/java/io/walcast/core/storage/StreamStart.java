// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;

/**
 * Where streaming has to go on, as the files of a directory tell it.
 *
 * @param timeline the timeline of the newest segment
 * @param lsn the start of a segment: of the unfinished one, or of the one after the newest finished one
 */
public record StreamStart(TimelineId timeline, Lsn lsn) {

    public StreamStart {
        requireNonNull(timeline, "timeline");
        requireNonNull(lsn, "lsn");
    }
}
