// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file that holds a WAL segment, as far as it can be read without knowing the segment size.
 *
 * <p>Ordered as {@code FindStreamingStart} looks: by segment, then by timeline, and a finished one after an unfinished one
 * of the same name.
 *
 * @param segment the 24 hexadecimal digits
 * @param compression how it is compressed: {@code .gz}, {@code .lz4}, {@code .zst} or nothing
 * @param partial whether it is unfinished
 */
record WalFileName(String segment, String compression, boolean partial) implements Comparable<WalFileName> {
    static final String PARTIAL = ".partial";

    private static final int TIMELINE_DIGITS = 8;
    private static final Pattern FORM = Pattern.compile("([0-9A-F]{24})(\\.gz|\\.lz4|\\.zst|)(\\.partial|)");
    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");
    private static final Pattern UNFINISHED_HISTORY = Pattern.compile("[0-9A-F]{8}\\.history\\.tmp");
    private static final Pattern SIMILAR = Pattern.compile("[0-9A-Fa-f]{24,25}(\\.gz|\\.lz4|\\.zst|\\.partial)*");
    private static final Comparator<WalFileName> ORDER = Comparator.comparing(WalFileName::position)
            .thenComparing(WalFileName::timelineDigits)
            .thenComparing(WalFileName::partial, Comparator.reverseOrder());

    static Optional<WalFileName> parse(String fileName) {
        Matcher matcher = FORM.matcher(fileName);
        if (!matcher.matches() || matcher.group(1).startsWith("00000000")) {
            return Optional.empty();
        }
        return Optional.of(new WalFileName(
                matcher.group(1), matcher.group(2), !matcher.group(3).isEmpty()));
    }

    static boolean isHistory(String fileName) {
        return HISTORY.matcher(fileName).matches();
    }

    static boolean isUnfinishedHistory(String fileName) {
        return UNFINISHED_HISTORY.matcher(fileName).matches();
    }

    /** Returns whether somebody may take this for a WAL file's name, though it is none. */
    static boolean isSimilar(String fileName) {
        return SIMILAR.matcher(fileName).matches() && parse(fileName).isEmpty();
    }

    static String history(TimelineId timeline) {
        return "%08X.history".formatted(timeline.value());
    }

    boolean isPlain() {
        return compression.isEmpty();
    }

    String fileName() {
        return segment + compression + (partial ? PARTIAL : "");
    }

    /** Returns whether the other segment is not after this one, or is on a timeline before this one's. */
    boolean overtakes(WalFileName other) {
        return other.position().compareTo(position()) < 0 || other.segment.compareTo(segment) <= 0;
    }

    Optional<SegmentName> segmentName(SegmentSize size) {
        return SegmentName.parse(segment, size);
    }

    private String position() {
        return segment.substring(TIMELINE_DIGITS);
    }

    private String timelineDigits() {
        return segment.substring(0, TIMELINE_DIGITS);
    }

    @Override
    public int compareTo(WalFileName other) {
        return ORDER.compare(this, other);
    }
}
