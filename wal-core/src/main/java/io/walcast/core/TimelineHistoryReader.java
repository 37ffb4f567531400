// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a timeline history file.
 *
 * <pre>
 * line     timeline blanks switch-point [blanks reason]
 * ignored  blank lines, lines whose first character is #
 * </pre>
 *
 * <p>Stricter than PostgreSQL's {@code readTimeLineHistory}: numbers do not wrap, NUL has no place, switch points do not
 * go back, and a last line without a newline has something after its switch point, else it may have been cut.
 */
final class TimelineHistoryReader {
    private static final int MAX_TIMELINE_DIGITS = 10;
    private static final int MAX_LSN_DIGITS = 8;

    private final TimelineId timeline;
    private final ByteBuffer content;
    private final List<TimelineHistory.Entry> entries = new ArrayList<>();
    private int lineNumber;
    private int at;
    private int end;
    private boolean newline;

    TimelineHistoryReader(TimelineId timeline, ByteBuffer content) {
        this.timeline = timeline;
        this.content = content.duplicate();
    }

    /** Returns the ancestors, oldest first. */
    List<TimelineHistory.Entry> read() {
        requireWithinLimits();
        TimelineHistory.@Nullable Entry last = null;
        for (int next = content.position(); next < content.limit(); ) {
            next = takeLine(next);
            skipBlanks();
            if (at < end && content.get(at) != '#') {
                last = readEntry(last);
                entries.add(last);
            }
        }
        if (last != null && last.timeline().compareTo(timeline) >= 0) {
            throw invalid("Timeline IDs must be less than child timeline's ID");
        }
        return entries;
    }

    private void requireWithinLimits() {
        int lines = 0;
        boolean tooLong = content.remaining() > TimelineHistory.MAX_BYTES;
        for (int i = content.position(); i < content.limit() && !tooLong; i++) {
            if (content.get(i) == 0) {
                throw failure(SqlState.DATA_CORRUPTED, "NUL in history file");
            }
            lines += content.get(i) == '\n' ? 1 : 0;
            tooLong = lines > TimelineHistory.MAX_LINES;
        }
        if (tooLong) {
            throw failure(SqlState.PROGRAM_LIMIT_EXCEEDED, "history file over 1 MB or 10,000 lines");
        }
    }

    /** Makes the line that starts at {@code start} the current one and returns where the next one starts. */
    private int takeLine(int start) {
        lineNumber++;
        at = start;
        end = start;
        while (end < content.limit() && content.get(end) != '\n') {
            end++;
        }
        newline = end < content.limit();
        int next = end + 1;
        if (end > start && content.get(end - 1) == '\r') {
            end--;
        }
        return next;
    }

    private TimelineHistory.Entry readEntry(TimelineHistory.@Nullable Entry last) {
        TimelineId parent = readTimeline();
        if (skipBlanks() == 0) {
            throw noSwitchPoint();
        }
        Lsn switchPoint = readLsn();
        int blanks = skipBlanks();
        if (at < end ? blanks == 0 : blanks == 0 && !newline) {
            throw noSwitchPoint();
        }
        if (last != null && parent.compareTo(last.timeline()) <= 0) {
            throw invalid("Timeline IDs must be in increasing sequence");
        }
        if (!switchPoint.isValid()) {
            throw invalid("invalid switch point " + switchPoint);
        }
        Lsn begin = last == null || last.end() == null ? Lsn.INVALID : last.end();
        if (switchPoint.isBefore(begin)) {
            throw invalid("switch point goes back from %s to %s".formatted(begin, switchPoint));
        }
        return new TimelineHistory.Entry(parent, begin, switchPoint, readReason());
    }

    private TimelineId readTimeline() {
        int start = at;
        long number = 0;
        while (at < end && isDigit(content.get(at)) && at - start <= MAX_TIMELINE_DIGITS) {
            number = number * 10 + content.get(at) - '0';
            at++;
        }
        if (at == start) {
            boolean sign = content.get(at) == '+' || content.get(at) == '-';
            throw sign ? invalid("invalid timeline") : syntaxError("expected a numeric timeline ID");
        }
        if (number == 0 || number > 0xFFFF_FFFFL) {
            throw invalid("timeline out of range");
        }
        return TimelineId.of(number);
    }

    private Lsn readLsn() {
        long high = readHex();
        if (at == end || content.get(at) != '/') {
            throw noSwitchPoint();
        }
        at++;
        return new Lsn(high << 32 | readHex());
    }

    private long readHex() {
        int start = at;
        long value = 0;
        while (at < end && Character.digit(content.get(at), 16) >= 0) {
            if (at - start == MAX_LSN_DIGITS) {
                throw invalid("LSN part longer than 8 hex digits");
            }
            value = value << 4 | Character.digit(content.get(at), 16);
            at++;
        }
        if (at == start) {
            throw noSwitchPoint();
        }
        return value;
    }

    private String readReason() {
        StringBuilder reason = new StringBuilder(end - at);
        for (; at < end; at++) {
            byte b = content.get(at);
            if (b >= ' ' && b <= '~') {
                reason.append((char) b);
            } else {
                reason.append("\\x").append(Character.forDigit(b >> 4 & 0xF, 16));
                reason.append(Character.forDigit(b & 0xF, 16));
            }
        }
        return reason.toString();
    }

    private int skipBlanks() {
        int start = at;
        while (at < end && isBlank(content.get(at))) {
            at++;
        }
        return at - start;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\f' || b == 0x0B;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private StorageException noSwitchPoint() {
        return syntaxError("expected a write-ahead log switchpoint location");
    }

    private StorageException syntaxError(String what) {
        return failure(SqlState.DATA_CORRUPTED, "syntax error in history file: " + what);
    }

    private StorageException invalid(String what) {
        return failure(SqlState.DATA_CORRUPTED, "invalid data in history file: " + what);
    }

    private StorageException failure(SqlState sqlState, String what) {
        String place = lineNumber == 0 ? "" : ", line " + lineNumber;
        return new StorageException(
                sqlState, "%s (%s%s)".formatted(what, TimelineHistory.fileName(timeline), place), null);
    }
}
