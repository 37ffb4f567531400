// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver told the world before a crash, and what it had taken in by then.
 *
 * @param wal what the server has
 * @param first what was acknowledged on the first timeline
 * @param second what was acknowledged on the second one
 * @param written how far the bytes had come that the receiver was given, on whichever timeline
 */
record Witness(ForkedWal wal, Lsn first, Lsn second, Lsn written) {
    static Witness of(ForkedWal wal) {
        return new Witness(wal, ForkedWal.START, ForkedWal.START, ForkedWal.START);
    }

    Witness acknowledged(TimelineId timeline, Lsn lsn) {
        return timeline.equals(TimelineId.FIRST)
                ? new Witness(wal, Lsn.max(first, lsn), second, written)
                : new Witness(wal, first, Lsn.max(second, lsn), written);
    }

    Witness wrote(Lsn lsn) {
        return new Witness(wal, first, second, Lsn.max(written, lsn));
    }

    /** Checks that {@code found} has all that was acknowledged, and that nobody who opens it would leave a hole. */
    void requireSound(FaultyFileSystem found) throws IOException {
        requireStored(found, TimelineId.FIRST, ForkedWal.START, first);
        if (second.isAfter(wal.fork())) {
            requireStored(found, ForkedWal.SECOND, ForkedWal.SIZE.startOfSegment(wal.fork()), second);
        }
        requireHistoryBeforeItsWal(found);
        requireNoHole(found);
    }

    private void requireStored(FaultyFileSystem found, TimelineId timeline, Lsn from, Lsn upto) throws IOException {
        for (Lsn at = from; at.isBefore(upto); at = ForkedWal.next(at)) {
            String fileName = ForkedWal.fileName(timeline, at);
            byte[] content = content(found, fileName);
            assertThat(content).as("%s, acknowledged up to %s", fileName, upto).isNotNull();
            assertThat(wal.matches(timeline, content, at, upto))
                    .as("content of %s, acknowledged up to %s", fileName, upto)
                    .isTrue();
        }
    }

    private byte @Nullable [] content(FaultyFileSystem found, String fileName) throws IOException {
        List<String> names = found.names(ReceiveSteps.DIRECTORY);
        String finished = fileName + wal.suffix();
        for (String candidate : List.of(finished, finished + ".partial")) {
            if (names.contains(candidate)) {
                return wal.content(found.content(ReceiveSteps.DIRECTORY.resolve(candidate)));
            }
        }
        return null;
    }

    private static void requireHistoryBeforeItsWal(FaultyFileSystem found) throws IOException {
        List<String> names = found.names(ReceiveSteps.DIRECTORY);
        boolean wanted = names.stream().anyMatch(name -> name.startsWith("00000002000"));
        if (wanted || names.contains(ForkedWal.HISTORY_NAME)) {
            assertThat(found.content(ReceiveSteps.DIRECTORY.resolve(ForkedWal.HISTORY_NAME)))
                    .isEqualTo(ForkedWal.HISTORY);
        }
    }

    /** PostgreSQL's rule: the newest segment tells where to go on; so all before it must be finished and right. */
    private void requireNoHole(FaultyFileSystem found) throws IOException {
        List<SegmentName> segments = segments(found);
        if (segments.isEmpty()) {
            return;
        }
        SegmentName newest = segments.get(segments.size() - 1);
        assertThat(newest.start(ForkedWal.SIZE))
                .as("start of the newest segment")
                .isLessThanOrEqualTo(written);
        for (Lsn at = ForkedWal.START; at.isBefore(newest.start(ForkedWal.SIZE)); at = ForkedWal.next(at)) {
            boolean forked = newest.timeline().equals(ForkedWal.SECOND)
                    && !at.isBefore(ForkedWal.SIZE.startOfSegment(wal.fork()));
            TimelineId timeline = forked ? ForkedWal.SECOND : TimelineId.FIRST;
            String fileName = ForkedWal.fileName(timeline, at);
            assertThat(found.names(ReceiveSteps.DIRECTORY)).contains(fileName + wal.suffix());
            byte[] content = wal.content(found.content(ReceiveSteps.DIRECTORY.resolve(fileName + wal.suffix())));
            assertThat(wal.matches(timeline, content, at, ForkedWal.next(at)))
                    .as("finished segment %s", fileName)
                    .isTrue();
        }
    }

    private static List<SegmentName> segments(FaultyFileSystem found) {
        List<SegmentName> segments = new ArrayList<>();
        for (String name : found.names(ReceiveSteps.DIRECTORY)) {
            if (name.matches("[0-9A-F]{24}(\\.gz)?(\\.partial)?")) {
                segments.add(
                        SegmentName.parse(name.substring(0, 24), ForkedWal.SIZE).orElseThrow());
            }
        }
        segments.sort(Comparator.comparing(SegmentName::segmentNumber).thenComparing(SegmentName::timeline));
        return segments;
    }

    /** Returns what the directory holds, one line for each file, whatever its form. */
    String contents(FaultyFileSystem found) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : found.names(ReceiveSteps.DIRECTORY)) {
            if (!name.startsWith(".")) {
                byte[] bytes = found.content(ReceiveSteps.DIRECTORY.resolve(name));
                byte[] content = name.matches("[0-9A-F]{24}.*") ? wal.content(bytes) : bytes;
                text.append(name).append(' ').append(content.length);
                text.append(' ').append(Arrays.hashCode(content)).append('\n');
            }
        }
        return text.append(found.names(ReceiveSteps.DIRECTORY.resolve(".walcast")))
                .toString();
    }
}
