// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers of replication commands as typed values. An answer that a sound server cannot give stops the receiver
 * ({@link RefusedException} 08P01): what it says about identity and timelines must not be guessed. Stateless.
 */
public final class CommandAnswers {
    /** The size of the largest history file that is taken, 1 MB. */
    public static final int LARGEST_HISTORY_BYTES = 1 << 20;

    private static final int IDENTITY_COLUMNS = 3;

    private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})(?:\\.([0-9]{1,4}))?.*");

    private CommandAnswers() {}

    /**
     * Returns 150018 for {@code 15.18 (Debian 15.18-1)}, 190000 for {@code 19devel}.
     *
     * @throws ProtocolViolationException if it is none, or null
     */
    public static int serverVersion(@Nullable String text) {
        Matcher parts = VERSION.matcher(text == null ? "" : text);
        if (!parts.matches()) {
            throw new ProtocolViolationException("could not parse server version");
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        return major * 10_000 + minor;
    }

    /** Checks the columns of {@code IDENTIFY_SYSTEM} as soon as they are described. */
    public static void checkIdentityColumns(int columns) {
        if (columns < IDENTITY_COLUMNS) {
            throw refused("could not identify system: got %d fields, expected %d or more"
                    .formatted(columns, IDENTITY_COLUMNS));
        }
    }

    /** Returns the answer to {@code IDENTIFY_SYSTEM}. */
    public static SystemIdentity systemIdentity(List<QueryResult> results) {
        QueryResult result = onlyRow(results, IDENTITY_COLUMNS, "could not identify system");
        SystemIdentifier identifier = parse(result.text(0, 0), SystemIdentifier::parse, "invalid system identifier");
        TimelineId timeline = parse(result.text(0, 1), TimelineId::parse, "timeline out of range");
        Lsn flushed = parse(result.text(0, 2), Lsn::parse, "invalid WAL position in answer to IDENTIFY_SYSTEM");
        String database = result.columns().size() > IDENTITY_COLUMNS ? result.text(0, IDENTITY_COLUMNS) : null;
        return new SystemIdentity(identifier, timeline, flushed, database);
    }

    /** Returns the answer to {@code SHOW}. */
    public static String shown(List<QueryResult> results, String parameter) {
        String value = onlyRow(results, 1, "could not show " + parameter).text(0, 0);
        if (value == null) {
            throw refused("could not show " + parameter + ": got null");
        }
        return value;
    }

    /** Returns the answer to {@code TIMELINE_HISTORY}. */
    public static TimelineHistoryFile timelineHistory(List<QueryResult> results, TimelineId timeline) {
        QueryResult result = onlyRow(results, 2, "unexpected response to TIMELINE_HISTORY");
        if (result.columns().size() != 2) {
            throw refused("unexpected response to TIMELINE_HISTORY: got %d fields, expected 2"
                    .formatted(result.columns().size()));
        }
        String expected = "%08X.history".formatted(timeline.value());
        if (!expected.equals(result.text(0, 0))) {
            throw refused("unexpected file name for timeline history file of timeline " + timeline);
        }
        byte[] content = result.rows().get(0).get(1);
        if (content == null) {
            throw refused("history content is null");
        }
        return new TimelineHistoryFile(timeline, expected, ByteBuffer.wrap(content));
    }

    /** Returns the answer to {@code READ_REPLICATION_SLOT}; empty if there is no such slot. */
    public static Optional<SlotPosition> slotPosition(List<QueryResult> results) {
        QueryResult result = onlyRow(results, 3, "could not read replication slot");
        String type = result.text(0, 0);
        if (type == null) {
            return Optional.empty();
        }
        String restartLsn = result.text(0, 1);
        String restartTimeline = result.text(0, 2);
        return Optional.of(new SlotPosition(
                type,
                restartLsn == null ? null : parse(restartLsn, Lsn::parse, "could not parse restart_lsn"),
                restartTimeline == null ? null : parse(restartTimeline, TimelineId::parse, "timeline out of range")));
    }

    /** Returns the answer to {@code CREATE_REPLICATION_SLOT}. */
    public static CreatedSlot createdSlot(List<QueryResult> results) {
        QueryResult result = onlyRow(results, 4, "could not create replication slot");
        String name = parse(result.text(0, 0), Function.identity(), "could not create replication slot: no name");
        Lsn consistentPoint = parse(result.text(0, 1), Lsn::parse, "could not parse consistent_point");
        return new CreatedSlot(name, consistentPoint, result.text(0, 2), result.text(0, 3));
    }

    /** Returns what follows the timeline: the first result with rows says so, if there is one. */
    public static EndResult endOfTimeline(List<QueryResult> results) {
        for (QueryResult result : results) {
            if (result.hasRows()) {
                return endOfTimeline(result);
            }
        }
        return EndResult.NONE;
    }

    private static EndResult endOfTimeline(QueryResult result) {
        if (result.columns().size() < 2 || result.rows().size() != 1) {
            throw refused("unexpected result set after end-of-streaming: got %d rows and %d fields, expected 1 and 2"
                    .formatted(result.rows().size(), result.columns().size()));
        }
        return new EndResult(
                parse(result.text(0, 0), TimelineId::parse, "timeline out of range"),
                parse(result.text(0, 1), Lsn::parse, "could not parse next timeline's starting point"));
    }

    private static QueryResult onlyRow(List<QueryResult> results, int columns, String what) {
        QueryResult result = results.size() == 1 ? results.get(0) : new QueryResult(List.of(), List.of(), "");
        if (result.rows().size() != 1 || result.columns().size() < columns) {
            throw refused("%s: got %d rows and %d fields, expected 1 rows and %d or more fields"
                    .formatted(what, result.rows().size(), result.columns().size(), columns));
        }
        return result;
    }

    private static <T> T parse(@Nullable String text, Function<String, T> parser, String otherwise) {
        try {
            if (text != null) {
                return parser.apply(text);
            }
        } catch (IllegalArgumentException e) {
            throw refused(otherwise);
        }
        throw refused(otherwise);
    }

    private static RefusedException refused(String message) {
        return new RefusedException(SqlState.PROTOCOL_VIOLATION, message);
    }
}
