// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Writes positions and segments by how far they are from where a scenario began, and leaves out what differs from run to run, so
 * that what two programs said one after the other can be compared.
 *
 * @param first the number of the segment in which the server was
 * @param size of a segment
 * @param home what is left out of names of files
 */
record Places(long first, SegmentSize size, Path home) {
    private static final Pattern SEGMENT = Pattern.compile("\\b([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\\b");
    private static final Pattern LSN = Pattern.compile("\\b[0-9A-F]{1,8}/[0-9A-F]{1,8}\\b");

    /** Returns {@code text} in these words. */
    String in(String text) {
        String named = text.replace(home.toString(), "HOME").replaceAll("\\b(port|PID) \\d+", "$1 N");
        named = SEGMENT.matcher(named).replaceAll(this::segment);
        return LSN.matcher(named).replaceAll(found -> of(Lsn.parse(found.group())));
    }

    /** Returns {@code lsn} in these words. */
    String of(Lsn lsn) {
        if (!lsn.isValid()) {
            return "0/0";
        }
        String where = size.offset(lsn) == 0 ? "start" : "within";
        return "<" + where + " " + (size.segmentNumber(lsn) - first) + ">";
    }

    /** Returns the name of the segment that comes {@code count} after the one in which the server was, on timeline 1. */
    String segmentAhead(int count) {
        return new SegmentName(TimelineId.FIRST, first + count).fileName(size);
    }

    private String segment(MatchResult name) {
        long perId = (1L << 32) / size.bytes();
        long number = Long.parseLong(name.group(2), 16) * perId + Long.parseLong(name.group(3), 16);
        return "<timeline " + Integer.parseInt(name.group(1), 16) + " segment " + (number - first) + ">";
    }
}
