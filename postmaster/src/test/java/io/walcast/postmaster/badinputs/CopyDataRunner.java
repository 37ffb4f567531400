// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.testkit.net.StandbyStatus;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Rows;
import io.walcast.testkit.primary.Script;
import io.walcast.testkit.primary.ServerMessages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * What a server sends to a receiver while it streams, or in answer to a command. Segments have 1 MB; the stream starts at
 * 0/F00000 and all is well up to 0/1000000, or up to where a message that must be accepted goes on.
 *
 * <p>The payload of a case is filler, {@code x} repeated. In a message that must be accepted the WAL which belongs there
 * takes its place, because filler is no page and would be refused for that.
 */
final class CopyDataRunner implements BadInputRunner {
    private static final Lsn EXPECTED = Lsn.parse("0/1000000");
    private static final Lsn MIDDLE_OF_PAGE = Lsn.parse("0/1003456");
    private static final int HEADER_BYTES = 5;
    private static final int XLOG_DATA_HEADER_BYTES = HEADER_BYTES + 25;
    private static final int MANY = 4_000;
    private static final int MAX_REPLIES_PER_S = 100;
    private static final int MAX_COLUMNS = 100;

    private final Path root;
    private int number;

    CopyDataRunner(Path root) {
        this.root = root;
    }

    @Override
    public boolean applies(BadInput input) {
        if (!input.kind().equals("copydata") || input.isAbout("[srv]")) {
            return false;
        }
        return input.isAbout("[cli]") || isXLogData(input);
    }

    private static boolean isXLogData(BadInput input) {
        byte[] bytes = input.bytes();
        return bytes.length > HEADER_BYTES
                && bytes[0] == 'd'
                && (bytes[HEADER_BYTES] == 'w' || bytes[HEADER_BYTES] == 'k');
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        Path directory = Files.createDirectory(root.resolve("copydata" + number++));
        CompletableFuture<Answer> survived = new CompletableFuture<>();
        ReceiverUnderTest receiver = new ReceiverUnderTest();
        Lsn expected = expected(input);
        Judge judge = new Judge(input, receiver, survived, expected);
        HostilePrimary primary = primary(input, judge, expected);
        if (input.isAbout("another cluster")) {
            StoredSegment.write(directory, HostilePrimary.start(expected));
        }
        Answer answer = receiver.run(directory, primary, survived);
        if (!primary.answersQuery()) {
            StoredSegment.requireHolds(directory, HostilePrimary.start(expected), expected);
        }
        if (input.wants("end of timeline") && primary.askedForNext()) {
            boolean kept = StoredSegment.isUnfinished(directory, HostilePrimary.start(expected));
            return new Answer("end of timeline: ask next", "", kept ? "partial segment kept as .partial" : "finished");
        }
        return answer;
    }

    private static HostilePrimary primary(BadInput input, Judge judge, Lsn expected) {
        char type = input.bytes().length == 0 ? 0 : (char) input.bytes()[0];
        return switch (type) {
            case 'D' ->
                input.isAbout("next_tli")
                        ? HostilePrimary.streaming(expected, session -> endTimeline(session, input.bytes()))
                        : answering(input, expected, session -> answerWithRow(session, input.bytes()));
            case 'T' -> answering(input, expected, session -> answerWithColumns(session, input.bytes()));
            case 'E' -> answering(input, expected, session -> session.sendRaw(input.bytes()));
            case 'c' ->
                input.bytes().length > HEADER_BYTES
                        ? HostilePrimary.streaming(expected, session -> session.sendRaw(input.bytes()))
                        : HostilePrimary.streaming(
                                expected, session -> session.endTimeline(TimelineId.of(2), expected));
            default -> HostilePrimary.streaming(expected, judge);
        };
    }

    private static HostilePrimary answering(BadInput input, Lsn expected, Script answer) {
        boolean oneColumn = input.bytes()[0] == 'D' && fields(input.bytes()) == 1;
        String query = oneColumn ? "SHOW wal_segment_size" : "IDENTIFY_SYSTEM";
        return HostilePrimary.answering(TimelineId.FIRST, expected, query, answer);
    }

    private static void endTimeline(PrimarySession session, byte[] row) throws IOException {
        session.sendCopyDone();
        session.awaitCopyDone();
        session.sendResultSet(Rows.of("next_tli", "next_tli_startpos").withTypes(Rows.INT8, Rows.TEXT));
        session.sendRaw(row);
        session.sendCommandComplete("START_STREAMING");
        session.sendCommandComplete("START_REPLICATION");
        session.sendReadyForQuery();
    }

    private static void answerWithRow(PrimarySession session, byte[] row) throws IOException {
        int fields = fields(row);
        session.sendResultSet(
                fields == 4 || fields > MAX_COLUMNS
                        ? HostilePrimary.identityColumns()
                        : Rows.of(IntStream.range(0, fields)
                                .mapToObj(i -> "column" + i)
                                .toArray(String[]::new)));
        session.sendRaw(row);
        session.sendCommandComplete("SELECT");
        session.sendReadyForQuery();
    }

    private static void answerWithColumns(PrimarySession session, byte[] description) throws IOException {
        session.sendRaw(description);
        session.sendRaw(ServerMessages.dataRow(List.of("1")));
        session.sendCommandComplete("IDENTIFY_SYSTEM");
        session.sendReadyForQuery();
    }

    private static int fields(byte[] row) {
        return row.length < HEADER_BYTES + 2
                ? 0
                : Short.toUnsignedInt(ByteBuffer.wrap(row).getShort(HEADER_BYTES));
    }

    /** A message that must be accepted is where the stream is; the others are beside it. */
    private static Lsn expected(BadInput input) {
        if (input.isAbout("middle of a page")) {
            return MIDDLE_OF_PAGE;
        }
        boolean positioned = input.wants("accept")
                && !input.isAbout("overlap")
                && input.bytes().length >= XLOG_DATA_HEADER_BYTES
                && input.bytes()[HEADER_BYTES] == 'w';
        return positioned ? new Lsn(ByteBuffer.wrap(input.bytes()).getLong(HEADER_BYTES + 1)) : EXPECTED;
    }

    /** Sends the case in the stream and finds out whether the receiver lives on, and what it believes. */
    private record Judge(BadInput input, ReceiverUnderTest receiver, CompletableFuture<Answer> survived, Lsn expected)
            implements Script {

        @Override
        public void run(PrimarySession session) throws IOException {
            byte[] bytes = input.bytes();
            boolean asStored = input.isAbout("overlap") && input.isAbout("equal", "same");
            boolean wal = (input.wants("accept") || asStored)
                    && bytes.length > XLOG_DATA_HEADER_BYTES
                    && bytes[HEADER_BYTES] == 'w';
            int walBytes = wal ? bytes.length - XLOG_DATA_HEADER_BYTES : 0;
            if (wal) {
                Lsn position = new Lsn(ByteBuffer.wrap(bytes).getLong(HEADER_BYTES + 1));
                byte[] belongs = HostilePrimary.WAL.bytes(position, walBytes);
                System.arraycopy(belongs, 0, bytes, XLOG_DATA_HEADER_BYTES, walBytes);
            }
            long startNs = System.nanoTime();
            session.sendRaw(bytes);
            if (input.isAbout("per second")) {
                session.sendRaw(repeated(bytes));
            } else if (input.action().contains("WARNING once")) {
                session.sendRaw(bytes);
            }
            Lsn end = asStored ? expected : expected.plus(walBytes);
            session.sendKeepalive(end, true);
            StandbyStatus status = session.awaitStatus(s -> s.flush().equals(end));
            survived.complete(judge(session, status, end, System.nanoTime() - startNs));
            session.awaitCopyDone();
            session.endStreaming();
        }

        private Answer judge(PrimarySession session, StandbyStatus status, Lsn end, long elapsedNs) {
            for (StandbyStatus sent : session.statuses()) {
                if (sent.write().isAfter(end) || sent.flush().isAfter(sent.write())) {
                    return new Answer("believed a position", "", sent.toString());
                }
            }
            if (input.action().contains("WARNING once") && receiver.warnings().size() != 1) {
                return new Answer("warned " + receiver.warnings(), "", "");
            }
            if (input.wants("answer at most")) {
                long allowed = MAX_REPLIES_PER_S * elapsedNs / 1_000_000_000L + 10;
                int replies = session.statuses().size();
                return new Answer(
                        replies <= allowed
                                ? "answer at most 100/s"
                                : "answered %d times in %d ms".formatted(replies, elapsedNs / 1_000_000),
                        "",
                        "");
            }
            return Answer.accepted(status.toString());
        }

        private static byte[] repeated(byte[] bytes) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < MANY; i++) {
                all.writeBytes(bytes);
            }
            return all.toByteArray();
        }
    }
}
