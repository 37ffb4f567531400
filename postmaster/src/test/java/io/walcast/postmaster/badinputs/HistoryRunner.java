// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.StorageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The content of history files: that of timeline 2, unless a case that must be accepted names later ancestors. */
final class HistoryRunner implements BadInputRunner {
    private static final TimelineId OWN = TimelineId.of(2);
    private static final Pattern LINES = Pattern.compile("([\\d,]+) lines");
    private static final Pattern TIMELINE = Pattern.compile("^(\\d{1,10})\\s", Pattern.MULTILINE);

    @Override
    public boolean applies(BadInput input) {
        return input.kind().equals("history")
                && !StorageRunner.isAboutFiles(input)
                && !TimelineHistoryAnswerRunner.isAboutAnswers(input);
    }

    @Override
    public Answer answer(BadInput input) {
        byte[] content = content(input);
        return Allocation.bounded(content.length, () -> judge(input, content));
    }

    private static Answer judge(BadInput input, byte[] content) {
        TimelineHistory history;
        try {
            history = TimelineHistory.parse(
                    input.wants("accept") ? laterThanAll(content) : OWN, ByteBuffer.wrap(content));
        } catch (StorageException e) {
            return Answer.of("refuse file", e);
        }
        if (!input.wants("stop receiver")) {
            return Answer.accepted(history.toString());
        }
        TimelineHistory.Entry parent = history.entries().get(0);
        Lsn end = parent.end();
        try {
            history.requireContinues(parent.timeline(), end == null ? Lsn.INVALID : end.plus(1));
            return Answer.accepted(history.toString());
        } catch (RefusedException e) {
            return Answer.of("stop receiver, keep files", e);
        }
    }

    private static byte[] content(BadInput input) {
        Matcher matcher = LINES.matcher(input.name());
        if (!matcher.find()) {
            return input.bytes();
        }
        int lines = Integer.parseInt(matcher.group(1).replace(",", ""));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 1; i <= lines; i++) {
            content.writeBytes("%d\t0/%X\tx\n".formatted(i, i * 16).getBytes(StandardCharsets.US_ASCII));
        }
        return content.toByteArray();
    }

    private static TimelineId laterThanAll(byte[] content) {
        Matcher matcher = TIMELINE.matcher(new String(content, StandardCharsets.ISO_8859_1));
        long latest = 1;
        while (matcher.find()) {
            latest = Math.max(latest, Long.parseLong(matcher.group(1)));
        }
        return TimelineId.of(Math.min(latest + 1, 0xFFFF_FFFFL));
    }
}
