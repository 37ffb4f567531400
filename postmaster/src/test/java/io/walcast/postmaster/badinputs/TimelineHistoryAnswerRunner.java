// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** What a server answers to {@code TIMELINE_HISTORY 2}. The bytes of a case are the file name, if it is about that. */
final class TimelineHistoryAnswerRunner implements BadInputRunner {
    private static final Lsn END = Lsn.parse("0/1000000");
    private static final String NAME = "00000002.history";
    private static final String CONTENT = "1\t0/F00000\tx\n";
    private static final int CLAIMED_BYTES = 1 << 30;

    private final Path root;
    private int number;

    TimelineHistoryAnswerRunner(Path root) {
        this.root = root;
    }

    @Override
    public boolean applies(BadInput input) {
        return isAboutAnswers(input);
    }

    static boolean isAboutAnswers(BadInput input) {
        return input.kind().equals("history")
                && input.isAbout("server says", "timeline_history", "answer", "content null", "filename", "column");
    }

    @Override
    public Answer answer(BadInput input) throws Exception {
        Path directory = Files.createDirectory(root.resolve("history-answer" + number++));
        HostilePrimary primary = HostilePrimary.answering(
                TimelineId.of(2), END, "TIMELINE_HISTORY", session -> answerWith(input, session));
        return new ReceiverUnderTest().run(directory, primary, new CompletableFuture<>());
    }

    private static void answerWith(BadInput input, PrimarySession session) throws IOException {
        Rows columns = Rows.of("filename", "content");
        if (input.isAbout("1 gb", "longer than")) {
            session.sendResultSet(columns);
            session.sendRaw(longRow());
        } else if (input.isAbout("two rows")) {
            session.sendRows(columns.row(NAME, CONTENT).row(NAME, CONTENT), "TIMELINE_HISTORY");
        } else if (input.isAbout("no row")) {
            session.sendRows(columns, "TIMELINE_HISTORY");
        } else if (input.isAbout("null")) {
            session.sendRows(columns.row(NAME, null), "TIMELINE_HISTORY");
        } else if (input.isAbout("column")) {
            session.sendRows(Rows.of("filename").row(NAME), "TIMELINE_HISTORY");
        } else {
            String name = new String(input.bytes(), StandardCharsets.UTF_8);
            session.sendRows(columns.row(name, CONTENT), "TIMELINE_HISTORY");
        }
    }

    /** Returns the beginning of a row that claims to be very long. */
    private static byte[] longRow() {
        return ByteBuffer.allocate(64)
                .put((byte) 'D')
                .putInt(CLAIMED_BYTES + 30)
                .putShort((short) 2)
                .putInt(NAME.length())
                .put(NAME.getBytes(StandardCharsets.US_ASCII))
                .putInt(CLAIMED_BYTES)
                .array();
    }
}
