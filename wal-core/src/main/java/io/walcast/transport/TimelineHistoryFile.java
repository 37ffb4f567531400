// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;

/**
 * A timeline history file as the server sent it.
 *
 * @param timeline the timeline that was asked for
 * @param fileName the name the server gave; check it before use
 * @param content the bytes, read-only
 */
public record TimelineHistoryFile(TimelineId timeline, String fileName, ByteBuffer content) {
    public TimelineHistoryFile {
        requireNonNull(timeline, "timeline");
        requireNonNull(fileName, "fileName");
        content = content.asReadOnlyBuffer();
    }
}
