// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class XLogReaderTest {
    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;

    private final WalBuilder wal = new WalBuilder(WalVersion.V15);

    @ParameterizedTest
    @EnumSource(WalVersion.class)
    void readsRecordsOfEveryLengthInTurn(WalVersion version) {
        WalBuilder mixed = new WalBuilder(version);
        Random random = new Random(version.magic());
        List<Lsn> starts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            starts.add(mixed.noop(XLogRecord.HEADER_BYTES + 5 + random.nextInt(i % 20 == 0 ? 50_000 : 900)));
        }

        XLogReader reader = reader(mixed);

        assertThat(startsOf(reader)).isEqualTo(starts);
        assertThat(reader.version()).isEqualTo(version);
        assertThat(reader.endOfWal())
                .isEqualTo(new EndOfWal(
                        starts.get(299),
                        mixed.position(),
                        EndOfWal.Reason.ZEROS,
                        "invalid record length at %s: wanted 24, got 0".formatted(mixed.position())));
        assertThat(reader.endOfWal().sqlState()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 32})
    void readsARecordOfWhichOnlyTheBeginningIsOnThePage(int rest) {
        wal.fillPage(rest);
        Lsn split = wal.noop(100);
        Lsn following = wal.noop(64);

        List<XLogRecord> records = recordsOf(reader(wal));

        assertThat(records).hasSize(3);
        assertThat(records.get(1).start()).isEqualTo(split);
        assertThat(records.get(2).start()).isEqualTo(following);
        assertThat(records.get(2).previous()).isEqualTo(split);
    }

    @Test
    void readsARecordThatIsLongerThanASegment() {
        int length = WalBuilder.SIZE.bytes() * 2 + 12_345;
        wal.noop(64);
        wal.noop(length);
        wal.noop(64);
        XLogReader reader = reader(wal);

        reader.next();
        XLogRecord longRecord = reader.next();

        assertThat(longRecord).isNotNull();
        assertThat(longRecord.totalLength()).isEqualTo(length);
        assertThat(longRecord.mainData().remaining()).isEqualTo(length - XLogRecord.HEADER_BYTES - 5);
        assertThat(longRecord.mainData().get(1_000_000)).isEqualTo((byte) (1_000_000 + 5));
        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {PAGE_BYTES, 3 * PAGE_BYTES, 1 << 20})
    void doesNotMindHowMuchTheSourceGivesAtOnce(int bytes) {
        for (int i = 0; i < 50; i++) {
            wal.noop(5000);
        }

        assertThat(startsOf(reader(wal.withReadsOf(bytes)))).hasSize(50);
    }

    @Test
    void goesOnInTheNextSegmentAfterASwitch() {
        wal.noop(64);
        Lsn switched = wal.segmentSwitch();
        Lsn next = wal.noop(64);
        XLogReader reader = reader(wal);
        reader.next();

        XLogRecord record = reader.next();

        assertThat(record).isNotNull();
        assertThat(record.isSegmentSwitch()).isTrue();
        assertThat(record.start()).isEqualTo(switched);
        assertThat(record.end()).isEqualTo(WalBuilder.SIZE.start(2));
        record = reader.next();
        assertThat(record).isNotNull();
        assertThat(record.start()).isEqualTo(next);
    }

    @Test
    void endsAtTheSegmentEndAfterASwitchThatNothingFollows() {
        wal.segmentSwitch();
        XLogReader reader = reader(wal);

        EndOfWal end = reader.readToEnd();

        assertThat(end.end()).isEqualTo(WalBuilder.SIZE.start(2));
        assertThat(end.reason()).isEqualTo(EndOfWal.Reason.ZEROS);
        assertThat(end.message())
                .startsWith("invalid magic number 0000 in log segment 000000010000000000000002, offset 0");
    }

    @Test
    void goesOnWhereTheRestOfARecordWasOverwritten() {
        Lsn first = wal.noop(64);
        Lsn abandoned = wal.abandon(20_000);
        Lsn replacement = wal.noop(64);
        XLogReader reader = reader(wal);

        assertThat(startsOf(reader)).containsExactly(first, replacement);
        assertThat(reader.overwrittenRecord()).isEqualTo(abandoned);
    }

    @Test
    void endsBeforeARecordWhoseRestIsMissing() {
        wal.noop(64);
        Lsn torn = wal.noop(20_000);
        Lsn secondPage = WalBuilder.START.plus(PAGE_BYTES);
        wal.at(secondPage).putShort(2, (short) 0);

        EndOfWal end = reader(wal).readToEnd();

        assertThat(end.end()).isEqualTo(torn);
        assertThat(end.message()).isEqualTo("there is no contrecord flag at " + torn);
        assertThat(end.sqlState()).contains(SqlState.DATA_CORRUPTED);
    }

    @Test
    void takesZerosWhereARecordGoesOnForDamage() {
        wal.noop(64);
        wal.noop(20_000);
        wal.at(WalBuilder.START.plus(PAGE_BYTES)).put(new byte[PAGE_BYTES]);

        assertThat(reader(wal).readToEnd().reason()).isEqualTo(EndOfWal.Reason.INVALID);
    }

    @Test
    void goesOnWhenMoreHasCome() {
        Lsn first = wal.noop(64);
        Lsn second = wal.noop(20_000);
        wal.noop(64);
        XLogReader reader = reader(wal);
        wal.end(second.plus(10_000));
        assertThat(startsOf(reader)).containsExactly(first);
        assertThat(reader.endOfWal().reason()).isEqualTo(EndOfWal.Reason.NO_MORE_BYTES);
        assertThat(reader.endOfWal().end()).isEqualTo(second);

        wal.end(wal.position());

        assertThat(startsOf(reader)).hasSize(2);
    }

    @Test
    void findsTheFirstRecordAfterAPosition() {
        wal.noop(64);
        Lsn longRecord = wal.noop(3 * PAGE_BYTES);
        Lsn following = wal.noop(64);
        wal.noop(64);
        XLogReader reader = new XLogReader(wal, wal.options());

        assertThat(reader.findNextRecord(longRecord)).contains(longRecord);
        assertThat(reader.findNextRecord(longRecord.plus(1))).contains(following);
        assertThat(reader.findNextRecord(WalBuilder.START.plus(PAGE_BYTES))).contains(following);
        assertThat(reader.findNextRecord(WalBuilder.START.plus(2 * PAGE_BYTES + 24)))
                .contains(following);
        assertThat(startsOf(reader)).hasSize(2);
        assertThat(reader.findNextRecord(wal.position())).isEmpty();
        assertThat(reader.endOfWal().end()).isEqualTo(wal.position());
    }

    @Test
    void doesNotFollowARecordThatLinksToAnotherOne() {
        Lsn first = wal.noop(64);
        Lsn second = wal.noop(64);
        byte[] stale =
                WalBuilder.record(XLogRecord.RM_XLOG, WalBuilder.XLOG_NOOP, WalBuilder.mainData(40), Lsn.INVALID);
        wal.at(second).put(stale);

        EndOfWal end = reader(wal).readToEnd();

        assertThat(end.lastRecord()).isEqualTo(first);
        assertThat(end.message()).isEqualTo("record with incorrect prev-link 0/0 at " + second);
    }

    @Test
    void endsAtAPageOfAnEarlierTimeline() {
        wal.promote(TimelineId.of(2));
        wal.noop(64);
        wal.promote(TimelineId.of(1));
        wal.noop(20_000);

        assertThat(reader(wal).readToEnd().message()).startsWith("out-of-sequence timeline ID 1 (after 2)");
    }

    @Test
    void checksWhoseWalItIs() {
        wal.noop(64);
        XLogReader reader = new XLogReader(wal, wal.options().withSystemIdentifier(new SystemIdentifier(1)));
        reader.beginRead(WalBuilder.START);

        assertThat(reader.readToEnd().message()).startsWith("WAL file is from different database system");
    }

    @Test
    void checksWhoseWalItIsAlsoWhenReadingBeginsElsewhere() {
        wal.noop(20_000);
        Lsn later = wal.noop(64);
        wal.at(WalBuilder.START).putLong(24, 1);
        XLogReader reader = new XLogReader(wal, wal.options().withSystemIdentifier(WalBuilder.SYSTEM));
        reader.beginRead(later);

        assertThat(reader.next()).isNull();
        assertThat(reader.endOfWal().message()).startsWith("WAL file is from different database system");
    }

    @Test
    void allowsNoLaterTimelineThanTheOneItReadsOn() {
        wal.promote(TimelineId.of(3));
        wal.noop(64);
        XLogReader strict = new XLogReader(wal, wal.options().withTimeline(TimelineId.of(2)));
        strict.beginRead(WalBuilder.START);

        assertThat(strict.readToEnd().message()).startsWith("unexpected timeline ID 3");
        assertThat(startsOf(reader(wal))).hasSize(1);
    }

    @Test
    void saysThatALaterVersionsWalIsToBePassedOn() {
        wal.noop(64);
        wal.at(WalBuilder.START).putShort(0, (short) 0xD11D);

        EndOfWal end = reader(wal).readToEnd();

        assertThat(end.reason()).isEqualTo(EndOfWal.Reason.UNKNOWN_FORMAT);
        assertThat(end.sqlState()).contains(SqlState.FEATURE_NOT_SUPPORTED);
    }

    @Test
    void allocatesForBytesThatCameAndNotForALengthThatIsClaimed() {
        wal.noop(64);
        Lsn claims = wal.noop(64);
        wal.at(claims).putInt(0, 1000 << 20);
        XLogReader reader = reader(wal);

        assertThat(reader.readToEnd().end()).isEqualTo(claims);
    }

    @Test
    void tellsTheEndOnlyOnceItWasReached() {
        wal.noop(64);
        XLogReader reader = reader(wal);
        reader.next();

        assertThatThrownBy(reader::endOfWal).isInstanceOf(IllegalStateException.class);
    }

    private static XLogReader reader(WalBuilder wal) {
        XLogReader reader = new XLogReader(wal, wal.options());
        reader.beginRead(WalBuilder.START);
        return reader;
    }

    private static List<Lsn> startsOf(XLogReader reader) {
        return recordsOf(reader).stream().map(XLogRecord::start).toList();
    }

    /** The records' bytes are not to be looked at, only what was decoded from records within a page. */
    private static List<XLogRecord> recordsOf(XLogReader reader) {
        List<XLogRecord> records = new ArrayList<>();
        for (XLogRecord record = reader.next(); record != null; record = reader.next()) {
            records.add(record);
        }
        return records;
    }
}
