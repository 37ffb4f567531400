// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalBuilder;
import io.walcast.core.wal.WalVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelinesTest {
    private static final TimelineId SECOND = new TimelineId(2);
    private static final String HISTORY = "00000002.history";

    @TempDir
    private Path directory;

    private StoredWal stored;
    private WalBuilder parent;
    private WalBuilder child;
    private Lsn fork;

    /** A parent that was cut off behind the fork, in its third segment, and a child that went on. */
    @BeforeEach
    void store() {
        stored = new StoredWal(directory);
        Lsn before = WalBuilder.SIZE.start(3).plus(100_000);
        parent = new WalBuilder(WalVersion.V16);
        child = new WalBuilder(WalVersion.V16);
        StoredWal.fill(parent, before, 1);
        StoredWal.fill(child, before, 1);
        fork = child.position();
        parent.noop(300);
        child.promote(SECOND);
        StoredWal.fill(child, WalBuilder.SIZE.start(4).plus(100_000), 2);
        stored.write(parent, TimelineId.FIRST, 1, 3, ".partial");
        stored.write(child, SECOND, 3, 4, ".partial");
        history(fork);
    }

    private void history(Lsn switchPoint) {
        stored.write(
                HISTORY,
                "1\t%s\tno recovery target specified\n".formatted(switchPoint).getBytes(US_ASCII));
    }

    @Test
    void findsBothTimelinesWhole() {
        WalReport report = stored.verify();

        assertThat(report.isWhole()).describedAs("%s", report).isTrue();
        assertThat(report.timelines()).extracting(TimelineReport::timeline).containsExactly(TimelineId.FIRST, SECOND);
        assertThat(end(report, 0).end()).isEqualTo(parent.position());
        assertThat(end(report, 1).end()).isEqualTo(child.position());
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void needsNoCopyOfTheParentsLastSegment() {
        stored.delete(StoredWal.name(3) + ".partial");

        assertThat(problems()).isEmpty();
    }

    @Test
    void tellsOfAGapBetweenParentAndChild() {
        stored.delete(StoredWal.name(3) + ".partial");
        stored.delete(StoredWal.name(2));

        assertThat(problems()).extracting(WalProblem::kind).containsExactly(WalProblem.Kind.GAP);
    }

    @Test
    void tellsOfAMissingFirstSegmentOfTheChild() {
        stored.delete(StoredWal.name(SECOND, 3));

        assertThat(problems()).extracting(WalProblem::kind).containsExactly(WalProblem.Kind.GAP);
        assertThat(problems()).extracting(WalProblem::file).containsExactly(StoredWal.name(SECOND, 3));
    }

    @Test
    void tellsOfAChildThatContinuesAnotherParent() {
        WalBuilder other = new WalBuilder(WalVersion.V16);
        StoredWal.fill(other, WalBuilder.SIZE.start(3).plus(100_000), 7);
        other.noop(300);
        stored.write(other, TimelineId.FIRST, 1, 3, ".partial");

        assertThat(problems()).extracting(WalProblem::kind).contains(WalProblem.Kind.HISTORY, WalProblem.Kind.RECORD);
    }

    @Test
    void tellsOfAMissingHistory() {
        stored.delete(HISTORY);

        assertThat(problems()).extracting(WalProblem::file).containsExactly(HISTORY);
    }

    @Test
    void tellsOfAHistoryThatCannotBe() {
        stored.write(HISTORY, "nonsense\n".getBytes(US_ASCII));

        assertThat(problems()).extracting(WalProblem::message).anyMatch(text -> text.startsWith("syntax error"));
    }

    @Test
    void tellsOfASwitchPointWithinARecord() {
        history(fork.plus(8));

        assertThat(problems()).extracting(WalProblem::message).anyMatch(text -> text.contains("no record begins at"));
    }

    @Test
    void tellsOfASwitchPointOnAnotherPage() {
        history(new Lsn(fork.value() - 16_384));

        assertThat(problems()).extracting(WalProblem::kind).contains(WalProblem.Kind.PAGE, WalProblem.Kind.HISTORY);
    }

    @Test
    void tellsOfHistoriesThatContradictEachOther() {
        stored.write("00000003.history", "1\t0/150000\tone\n2\t0/390000\ttwo\n".getBytes(US_ASCII));

        assertThat(stored.verify(VerifyOptions.DEFAULT.withTimeline(SECOND)).isWhole())
                .isTrue();
        assertThat(problems()).extracting(WalProblem::file).containsExactly("00000003.history");
    }

    @Test
    void readsCompressedSegments() throws IOException {
        compress(StoredWal.name(1));
        compress(StoredWal.name(2));
        compress(StoredWal.name(SECOND, 3));

        assertThat(problems()).isEmpty();
        assertThat(stored.verify()).isEqualTo(stored.verify(VerifyOptions.DEFAULT.withJobs(3)));

        byte[] whole = stored.read(StoredWal.name(2) + ".gz");
        stored.write(StoredWal.name(2) + ".gz", Arrays.copyOf(whole, whole.length / 2));
        assertThat(problems()).extracting(WalProblem::kind).contains(WalProblem.Kind.SEGMENT, WalProblem.Kind.RECORD);
    }

    private void compress(String name) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(stored.read(name));
        }
        stored.write(name + ".gz", compressed.toByteArray());
        stored.delete(name);
    }

    private static EndOfWal end(WalReport report, int timeline) {
        return requireNonNull(report.timelines().get(timeline).end());
    }

    private List<WalProblem> problems() {
        return stored.verify().timelines().stream()
                .flatMap(timeline -> timeline.problems().stream())
                .toList();
    }
}
