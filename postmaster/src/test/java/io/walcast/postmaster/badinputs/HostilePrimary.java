// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Rows;
import io.walcast.testkit.primary.Script;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A primary that answers well but for one thing: a query whose answer is another one, or what it sends once it has
 * streamed good WAL up to a position.
 */
final class HostilePrimary implements Script {
    static final SegmentSize SIZE = new SegmentSize(1 << 20);
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7_000_000_000_000_000_001L);
    static final SyntheticWal WAL = new SyntheticWal(SYSTEM, TimelineId.FIRST, SIZE, 1);

    private static final Pattern START = Pattern.compile("START_REPLICATION .*TIMELINE (\\d+);?");
    private static final Pattern HISTORY = Pattern.compile("TIMELINE_HISTORY (\\d+);?");

    private final TimelineId timeline;
    private final Lsn end;
    private final @Nullable Pattern query;
    private final Script hostility;

    /** Set when the receiver has asked for the timeline after the first one; read by whoever judges. */
    private volatile boolean askedForNext;

    private HostilePrimary(TimelineId timeline, Lsn end, @Nullable Pattern query, Script hostility) {
        this.timeline = timeline;
        this.end = end;
        this.query = query;
        this.hostility = hostility;
    }

    /** Returns one that runs {@code hostility} in place of the answer to {@code query}. */
    static HostilePrimary answering(TimelineId timeline, Lsn end, String query, Script hostility) {
        return new HostilePrimary(timeline, end, Pattern.compile(query), hostility);
    }

    /** Returns one that streams up to {@code end}, and then runs {@code hostility}. */
    static HostilePrimary streaming(Lsn end, Script hostility) {
        return new HostilePrimary(TimelineId.FIRST, end, null, hostility);
    }

    /** Returns where its stream starts: at the start of the segment before {@code end}. */
    static Lsn start(Lsn end) {
        return SIZE.startOfSegment(new Lsn(end.value() - 1));
    }

    /** Returns whether it never gets as far as streaming. */
    boolean answersQuery() {
        return query != null;
    }

    /** Returns whether the receiver has asked for the timeline that follows. */
    boolean askedForNext() {
        return askedForNext;
    }

    @Override
    public void run(PrimarySession session) throws IOException {
        session.acceptStartup();
        while (!session.isEnded()) {
            String asked = session.awaitQuery();
            if (query != null && query.matcher(asked).lookingAt()) {
                hostility.run(session);
            } else {
                answer(session, asked);
            }
        }
    }

    private void answer(PrimarySession session, String asked) throws IOException {
        Matcher start = START.matcher(asked);
        Matcher history = HISTORY.matcher(asked);
        if (asked.startsWith("IDENTIFY_SYSTEM")) {
            session.sendRows(
                    identityColumns()
                            .row(
                                    SYSTEM.toString(),
                                    timeline.toString(),
                                    start(end).toString(),
                                    null),
                    "IDENTIFY_SYSTEM");
        } else if (asked.startsWith("SHOW wal_segment_size")) {
            session.sendRows(Rows.of("wal_segment_size").row(SIZE.toString()), "SHOW");
        } else if (asked.startsWith("SHOW")) {
            session.sendRows(Rows.of("data_directory_mode").row("0700"), "SHOW");
        } else if (history.matches()) {
            askedForNext = true;
            session.sendRows(
                    Rows.of("filename", "content")
                            .row("%08X.history".formatted(Integer.parseInt(history.group(1))), "1\t" + end + "\tx\n"),
                    "TIMELINE_HISTORY");
        } else if (start.matches() && start.group(1).equals("1")) {
            stream(session);
        } else {
            session.sendError("42601", "syntax error");
        }
    }

    static Rows identityColumns() {
        return Rows.of("systemid", "timeline", "xlogpos", "dbname")
                .withTypes(Rows.TEXT, Rows.INT8, Rows.TEXT, Rows.TEXT);
    }

    private void stream(PrimarySession session) throws IOException {
        Lsn start = start(end);
        session.sendCopyBoth();
        session.sendXLogData(start, WAL.bytes(start, (int) end.minus(start)));
        session.sendKeepalive(end, false);
        session.awaitStatus(status -> status.flush().equals(end));
        hostility.run(session);
    }
}
