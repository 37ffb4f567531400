// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.testkit.net.StandbyStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A well-behaved primary: answers what a receiver asks before it streams, and streams the WAL it has from where it is
 * asked to. What happens then is up to a further script; without one it answers and waits until the client ends the
 * stream, and goes on with the next command.
 *
 * <p>Only {@link #of} and the {@code with} methods are API.
 *
 * @param system the system identifier
 * @param timeline the current timeline
 * @param segmentSize the size of a segment
 * @param start the position of the first byte of {@code wal}
 * @param wal all the WAL there is; what was before it is gone
 * @param settings what SHOW answers, by name
 * @param slots the restart position of each slot, by name
 * @param histories the history file of each timeline; the current one's tells where others were left
 * @param parameters what is reported of the server at the start
 * @param whenStreamed what follows when all the WAL was sent
 */
public record StreamingScript(
        SystemIdentifier system,
        TimelineId timeline,
        SegmentSize segmentSize,
        Lsn start,
        Bytes wal,
        Map<String, String> settings,
        Map<String, Lsn> slots,
        Map<TimelineId, String> histories,
        Map<String, String> parameters,
        Script whenStreamed)
        implements Script {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Pattern SHOW = Pattern.compile("SHOW (\\w+)");
    private static final Pattern TIMELINE_HISTORY = Pattern.compile("TIMELINE_HISTORY (\\d+)");
    private static final Pattern READ_SLOT = Pattern.compile("READ_REPLICATION_SLOT \"?([a-z0-9_]+)\"?");
    private static final Pattern CREATE_SLOT = Pattern.compile("CREATE_REPLICATION_SLOT \"?([a-z0-9_]+)\"?.*");
    private static final Pattern START = Pattern.compile(
            "START_REPLICATION (?:SLOT \"?[a-z0-9_]+\"? )?(?:PHYSICAL )?([0-9A-Fa-f]+/[0-9A-Fa-f]+)(?: TIMELINE (\\d+))?");

    /** Checks the components. */
    public StreamingScript {
        requireNonNull(system, "system");
        requireNonNull(timeline, "timeline");
        requireNonNull(whenStreamed, "whenStreamed");
        settings = Map.copyOf(settings);
        slots = Map.copyOf(slots);
        histories = Map.copyOf(histories);
        parameters = Map.copyOf(parameters);
    }

    /** Returns a primary of version 18 that has {@code wal} from {@code start} on, and no slots. */
    public static StreamingScript of(
            SystemIdentifier system, TimelineId timeline, SegmentSize segmentSize, Lsn start, byte[] wal) {
        Map<String, String> settings =
                Map.of("wal_segment_size", segmentSize.toString(), "data_directory_mode", "0700");
        return new StreamingScript(
                system,
                timeline,
                segmentSize,
                start,
                new Bytes(wal.clone()),
                settings,
                Map.of(),
                Map.of(),
                PrimarySession.PARAMETERS,
                StreamingScript::followUntilCopyDone);
    }

    /** Returns a copy that answers {@code SHOW name} with {@code value}. */
    public StreamingScript withSetting(String name, String value) {
        return with(plus(settings, name, value), slots, histories, parameters, whenStreamed);
    }

    /** Returns a copy that has a slot. */
    public StreamingScript withSlot(String name, Lsn restart) {
        return with(settings, plus(slots, name, restart), histories, parameters, whenStreamed);
    }

    /** Returns a copy that has a history file for {@code of}. */
    public StreamingScript withHistory(TimelineId of, String content) {
        return with(settings, slots, plus(histories, of, content), parameters, whenStreamed);
    }

    /** Returns a copy that reports another server_version, or another value of any parameter. */
    public StreamingScript withParameter(String name, String value) {
        return with(settings, slots, histories, plus(parameters, name, value), whenStreamed);
    }

    /** Returns a copy that runs {@code script} when all WAL was sent; afterwards the next command is awaited. */
    public StreamingScript withStreamed(Script script) {
        return with(settings, slots, histories, parameters, script);
    }

    private StreamingScript with(
            Map<String, String> newSettings,
            Map<String, Lsn> newSlots,
            Map<TimelineId, String> newHistories,
            Map<String, String> newParameters,
            Script newWhenStreamed) {
        return new StreamingScript(
                system,
                timeline,
                segmentSize,
                start,
                wal,
                newSettings,
                newSlots,
                newHistories,
                newParameters,
                newWhenStreamed);
    }

    private static <K, V> Map<K, V> plus(Map<K, V> map, K key, V value) {
        Map<K, V> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }

    /** Returns the end of the WAL. */
    public Lsn end() {
        return start.plus(wal.length());
    }

    @Override
    public void run(PrimarySession session) throws IOException {
        session.setTimeout(PATIENCE);
        session.declineEncryption();
        session.sendAuthenticationOk();
        session.completeStartup(parameters);
        while (!session.isEnded()) {
            answer(session, session.awaitQuery());
        }
    }

    private void answer(PrimarySession session, String query) throws IOException {
        Matcher show = SHOW.matcher(query);
        Matcher history = TIMELINE_HISTORY.matcher(query);
        Matcher read = READ_SLOT.matcher(query);
        Matcher create = CREATE_SLOT.matcher(query);
        Matcher startReplication = START.matcher(query);
        if (query.equals("IDENTIFY_SYSTEM")) {
            identify(session);
        } else if (show.matches()) {
            show(session, show.group(1));
        } else if (history.matches()) {
            history(session, TimelineId.parse(history.group(1)));
        } else if (read.matches()) {
            readSlot(session, read.group(1));
        } else if (create.matches()) {
            session.sendRows(
                    Rows.of("slot_name", "consistent_point", "snapshot_name", "output_plugin")
                            .row(create.group(1), "0/0", null, null),
                    "CREATE_REPLICATION_SLOT");
        } else if (startReplication.matches()) {
            String asked = startReplication.group(2);
            stream(session, Lsn.parse(startReplication.group(1)), asked == null ? timeline : TimelineId.parse(asked));
        } else {
            session.sendError("42601", "syntax error");
        }
    }

    private void identify(PrimarySession session) throws IOException {
        session.sendRows(
                Rows.of("systemid", "timeline", "xlogpos", "dbname")
                        .withTypes(Rows.TEXT, Rows.INT8, Rows.TEXT, Rows.TEXT)
                        .row(system.toString(), timeline.toString(), end().toString(), null),
                "IDENTIFY_SYSTEM");
    }

    private void show(PrimarySession session, String name) throws IOException {
        String value = settings.get(name);
        if (value == null) {
            session.sendError("42704", "unrecognized configuration parameter \"" + name + "\"");
        } else {
            session.sendRows(Rows.of(name).row(value), "SHOW");
        }
    }

    private void history(PrimarySession session, TimelineId of) throws IOException {
        String name = "%08X.history".formatted(of.value());
        String content = histories.get(of);
        if (content == null) {
            session.sendError("58P01", "could not open file \"pg_wal/" + name + "\": No such file or directory");
        } else {
            session.sendRows(Rows.of("filename", "content").row(name, content), "TIMELINE_HISTORY");
        }
    }

    private void readSlot(PrimarySession session, String name) throws IOException {
        Rows columns = Rows.of("slot_type", "restart_lsn", "restart_tli").withTypes(Rows.TEXT, Rows.TEXT, Rows.INT8);
        Lsn restart = slots.get(name);
        session.sendRows(
                restart == null
                        ? columns.row(null, null, null)
                        : columns.row("physical", restart.toString(), timeline.toString()),
                "READ_REPLICATION_SLOT");
    }

    private void stream(PrimarySession session, Lsn from, TimelineId asked) throws IOException {
        if (!asked.equals(timeline)) {
            streamHistoric(session, from, asked);
            return;
        }
        session.sendCopyBoth();
        if (from.isBefore(start)) {
            String segment = SegmentName.containing(asked, from, segmentSize).fileName(segmentSize);
            session.sendError("58P01", "requested WAL segment " + segment + " has already been removed");
            return;
        }
        if (from.isAfter(end())) {
            session.sendError(
                    "55000",
                    "requested starting point %s is ahead of the WAL flush position of this server %s"
                            .formatted(from, end()));
            return;
        }
        session.sendXLogData(from, end(), wal.between(from.minus(start), wal.length()));
        session.sendKeepalive(end(), false);
        whenStreamed.run(session);
    }

    /** A timeline that was left is streamed to where it was, and then the client is told of the next. */
    private void streamHistoric(PrimarySession session, Lsn from, TimelineId asked) throws IOException {
        List<String[]> ancestors = histories
                .getOrDefault(timeline, "")
                .lines()
                .map(line -> line.strip().split("\\s+", 3))
                .toList();
        for (int i = 0; i < ancestors.size(); i++) {
            if (ancestors.get(i)[0].equals(asked.toString())) {
                Lsn switchPoint = Lsn.parse(ancestors.get(i)[1]);
                TimelineId next =
                        i + 1 < ancestors.size() ? TimelineId.parse(ancestors.get(i + 1)[0]) : timeline;
                session.sendCopyBoth();
                session.sendXLogData(from, switchPoint, wal.between(from.minus(start), switchPoint.minus(start)));
                session.endTimeline(next, switchPoint);
                return;
            }
        }
        session.sendError("XX000", "requested timeline " + asked + " is not in this server's history");
    }

    /** Answers requests for a reply with a keepalive, until the client ends the stream. */
    public static void followUntilCopyDone(PrimarySession session) throws IOException {
        ClientMessage message = session.nextMessage("the end of the stream");
        while (message.tag() != 'c') {
            StandbyStatus status = message.status().orElse(null);
            if (status != null && status.replyRequested()) {
                session.sendKeepalive(session.lastServerEnd(), false);
            }
            message = session.nextMessage("the end of the stream");
        }
        session.endStreaming();
    }

    /** Bytes that nobody changes. */
    public static final class Bytes {
        private final byte[] content;

        private Bytes(byte[] content) {
            this.content = content;
        }

        int length() {
            return content.length;
        }

        byte[] between(long from, long to) {
            return Arrays.copyOfRange(content, (int) from, (int) to);
        }
    }
}
