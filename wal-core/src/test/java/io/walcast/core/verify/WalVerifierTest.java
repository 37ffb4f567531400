// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalBuilder;
import io.walcast.core.wal.WalVersion;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WalVerifierTest {
    private static final int PARTIAL = 4;
    private static final Lsn END = WalBuilder.SIZE.start(PARTIAL).plus(300_000);

    @TempDir
    private Path directory;

    private StoredWal stored;
    private WalBuilder wal;

    @BeforeEach
    void store() {
        stored = new StoredWal(directory);
        wal = new WalBuilder(WalVersion.V15);
        StoredWal.fill(wal, END, 1);
        stored.write(wal, TimelineId.FIRST, 1, PARTIAL, ".partial");
    }

    @ParameterizedTest
    @EnumSource
    void findsWholeWalOfEveryVersionWhole(WalVersion version) {
        WalBuilder other = new WalBuilder(version);
        StoredWal.fill(other, END, version.major());
        stored.write(other, TimelineId.FIRST, 1, PARTIAL, ".partial");

        WalReport report = stored.verify();

        assertThat(report.isWhole()).isTrue();
        assertThat(report.version()).isEqualTo(version);
        assertThat(report.systemIdentifier()).isEqualTo(WalBuilder.SYSTEM);
        assertThat(report.warnings()).isEmpty();
        TimelineReport timeline = report.timelines().get(0);
        assertThat(timeline.start()).isEqualTo(WalBuilder.START.plus(40));
        assertThat(timeline.segments()).isEqualTo(4);
        assertThat(timeline.end()).isEqualTo(StoredWal.endOf(other, WalBuilder.START));
        assertThat(end(report, 0).reason()).isEqualTo(EndOfWal.Reason.ZEROS);
    }

    @Test
    void beginsWithinARecordWhereOlderSegmentsWereRemoved() {
        stored.delete(StoredWal.name(1));

        assertThat(stored.verify().isWhole()).isTrue();
    }

    @Test
    void tellsOfMissingSegments() {
        stored.delete(StoredWal.name(2));

        assertThat(problems())
                .containsExactly(new WalProblem(
                        WalProblem.Kind.GAP,
                        Lsn.parse("0/200000"),
                        StoredWal.name(2),
                        "1 segment is missing, up to 0/300000"));
    }

    @Test
    void tellsOfABadRecordWithWhatFollowsIt() {
        Lsn at = wal.position();
        Lsn after = wal.noop(100);
        wal.noop(100);
        wal.at(at).put(30, (byte) 77);
        stored.write(wal, TimelineId.FIRST, 1, PARTIAL, ".partial");

        WalReport report = stored.verify();

        assertThat(at).isEqualTo(after);
        assertThat(problems())
                .containsExactly(new WalProblem(
                        WalProblem.Kind.RECORD,
                        at,
                        StoredWal.name(4) + ".partial",
                        "incorrect resource manager data checksum in record at %s; WAL goes on at %s"
                                .formatted(at, at.plus(104))));
        assertThat(end(report, 0).end()).isEqualTo(at);
    }

    @Test
    void takesADamagedLastRecordForTheEnd() {
        Lsn last = wal.noop(100);
        wal.at(last).put(30, (byte) 77);
        stored.write(wal, TimelineId.FIRST, 1, PARTIAL, ".partial");

        assertThat(stored.verify().isWhole()).isTrue();
        assertThat(end(stored.verify(), 0).end()).isEqualTo(last);
    }

    @Test
    void tellsOfABadPage() {
        stored.flipBit(StoredWal.name(2), 3 * 8192 + 9, 2);

        assertThat(problems()).hasSize(1).first().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(WalProblem.Kind.PAGE);
            assertThat(problem.lsn()).isEqualTo(Lsn.parse("0/206000"));
            assertThat(problem.file()).isEqualTo(StoredWal.name(2));
            assertThat(problem.message()).startsWith("unexpected pageaddr 0/206400 in log segment");
        });
    }

    @Test
    void tellsOfASegmentOfAnotherHistory() {
        WalBuilder other = new WalBuilder(WalVersion.V15);
        StoredWal.fill(other, END, 2);
        stored.write(other, TimelineId.FIRST, 2, 2, "");

        assertThat(problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(WalProblem.Kind.RECORD));
    }

    @Test
    void tellsOfASegmentThatIsTooShort() {
        byte[] content = stored.read(StoredWal.name(3));
        stored.write(StoredWal.name(3), Arrays.copyOf(content, 500_000));

        assertThat(problems()).extracting(WalProblem::kind).contains(WalProblem.Kind.SEGMENT, WalProblem.Kind.RECORD);
    }

    @Test
    void readsThroughSegmentSwitches() {
        WalBuilder other = new WalBuilder(WalVersion.V17);
        StoredWal.fill(other, WalBuilder.SIZE.start(1).plus(100_000), 3);
        other.segmentSwitch();
        StoredWal.fill(other, WalBuilder.SIZE.start(2).plus(100_000), 3);
        other.segmentSwitch();
        StoredWal.fill(other, WalBuilder.SIZE.start(3).plus(100_000), 3);
        stored.delete(StoredWal.name(4) + ".partial");
        stored.write(other, TimelineId.FIRST, 1, 3, ".partial");
        stored.delete(StoredWal.name(3));

        assertThat(problems()).isEmpty();
        stored.flipBit(StoredWal.name(2), 500_000, 0);
        assertThat(problems())
                .extracting(WalProblem::message)
                .containsExactly("non-zero bytes after the record at 0/27A120");
    }

    @Test
    void readsThroughARecordOfSeveralSegments() {
        WalBuilder other = new WalBuilder(WalVersion.V18);
        other.noop(3_000_000);
        other.noop(100);
        Lsn end = other.position();
        stored.write(other, TimelineId.FIRST, 1, PARTIAL, ".partial");

        WalReport report = stored.verify();

        assertThat(report.isWhole()).isTrue();
        assertThat(end(report, 0).end()).isEqualTo(end);
        assertThat(report.timelines().get(0).records()).isEqualTo(2);
    }

    @Test
    void readsOnWhereARecordWasGivenUp() {
        WalBuilder other = new WalBuilder(WalVersion.V16);
        StoredWal.fill(other, WalBuilder.SIZE.start(1).plus(100_000), 4);
        other.abandon(20_000);
        StoredWal.fill(other, END, 5);
        stored.write(other, TimelineId.FIRST, 1, PARTIAL, ".partial");

        assertThat(problems()).isEmpty();
    }

    @Test
    void endsAtTheLastRecordThatIsWhole() {
        stored.delete(StoredWal.name(4) + ".partial");

        WalReport report = stored.verify();

        assertThat(report.isWhole()).isTrue();
        assertThat(end(report, 0).reason()).isEqualTo(EndOfWal.Reason.NO_MORE_BYTES);
    }

    @Test
    void tellsWhereWalEndsWithinAFinishedSegment() {
        stored.write(wal, TimelineId.FIRST, 4, 4, "");
        stored.delete(StoredWal.name(4) + ".partial");

        assertThat(stored.verify().isWhole()).isTrue();
        assertThat(stored.verify().warnings()).hasSize(1);
        assertThat(stored.verify(VerifyOptions.DEFAULT.withFinishedSegmentsFull(true))
                        .isWhole())
                .isFalse();
    }

    @Test
    void readsARangeOnly() {
        stored.flipBit(StoredWal.name(1), 5000, 3);

        assertThat(stored.verify().isWhole()).isFalse();
        Lsn start = Lsn.parse("0/210000");
        assertThat(stored.verify(VerifyOptions.DEFAULT.withRange(start, null)).isWhole())
                .isTrue();
        assertThat(stored.verify(VerifyOptions.DEFAULT.withRange(start, END)).isWhole())
                .isTrue();
        assertThat(stored.verify(VerifyOptions.DEFAULT.withRange(start, END.plus(100_000)))
                        .isWhole())
                .isFalse();
        stored.delete(StoredWal.name(2));
        assertThat(stored.verify(VerifyOptions.DEFAULT.withRange(start, null)).isWhole())
                .isFalse();
    }

    @Test
    void refusesADirectoryWithoutWal(@TempDir Path empty) {
        assertThatThrownBy(() -> new StoredWal(empty).verify())
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE));
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
