// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.TimelineHistory.Entry;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineHistoryTest {
    private static final TimelineId ONE = TimelineId.FIRST;
    private static final TimelineId TWO = TimelineId.of(2);
    private static final TimelineId FIVE = TimelineId.of(5);
    private static final String LINES = "1\t0/3000000\tno recovery target specified\n\n2\t0/5000000\tbefore LSN 0/5\n";

    private final TimelineHistory history = parse(FIVE, LINES);

    @Test
    void listsTheStretchesOldestFirst() {
        assertThat(history.entries())
                .containsExactly(
                        new Entry(ONE, Lsn.INVALID, Lsn.parse("0/3000000"), "no recovery target specified"),
                        new Entry(TWO, Lsn.parse("0/3000000"), Lsn.parse("0/5000000"), "before LSN 0/5"),
                        new Entry(FIVE, Lsn.parse("0/5000000"), null, ""));
    }

    @ParameterizedTest
    @CsvSource({"0/0, 1", "0/2FFFFFF, 1", "0/3000000, 2", "0/4FFFFFF, 2", "0/5000000, 5", "FFFFFFFF/FFFFFFFF, 5"})
    void knowsWhichTimelineAByteBelongsTo(String lsn, long timeline) {
        assertThat(history.timelineOf(Lsn.parse(lsn))).isEqualTo(TimelineId.of(timeline));
    }

    @Test
    void knowsWhereEachAncestorEnded() {
        assertThat(history.switchPoint(ONE)).contains(Lsn.parse("0/3000000"));
        assertThat(history.switchPoint(TWO)).contains(Lsn.parse("0/5000000"));
        assertThat(history.switchPoint(FIVE)).isEmpty();
        assertThat(history.switchPoint(TimelineId.of(3))).isEmpty();
        assertThat(history.nextTimeline(ONE)).contains(TWO);
        assertThat(history.nextTimeline(TWO)).contains(FIVE);
        assertThat(history.nextTimeline(FIVE)).isEmpty();
        assertThat(history.contains(FIVE)).isTrue();
        assertThat(history.contains(TimelineId.of(3))).isFalse();
    }

    @Test
    void takesATimelineWithoutFileAsOneWithoutParents() {
        TimelineHistory alone = TimelineHistory.withoutParents(TWO);

        assertThat(alone.entries()).containsExactly(new Entry(TWO, Lsn.INVALID, null, ""));
        assertThat(alone.timelineOf(Lsn.INVALID)).isEqualTo(TWO);
        assertThat(parse(TWO, "# nothing\n \n\t# indented\n").entries()).isEqualTo(alone.entries());
        assertThat(parse(TWO, "").entries()).isEqualTo(alone.entries());
    }

    @Test
    void refusesToContinueWalThatGoesPastTheFork() {
        assertThatCode(() -> history.requireContinues(ONE, Lsn.parse("0/3000000")))
                .doesNotThrowAnyException();
        assertThatCode(() -> history.requireContinues(FIVE, Lsn.parse("FF/0"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> history.requireContinues(ONE, Lsn.parse("0/3000001")))
                .isInstanceOfSatisfying(RefusedException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE);
                    assertThat(e).hasMessageContaining("goes past the fork at 0/3000000");
                });
        assertThatThrownBy(() -> history.requireContinues(TimelineId.of(4), Lsn.parse("0/1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not in the history");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1\t0/1000000\n",
                "1\t0/1000000\tno newline",
                "1 0/1000000 spaces\n",
                "  1\t0/1000000\tindented\n",
                "1\t0/1000000\t\r\n",
                "00000001\t00000000/01000000\tzeros in front\n",
                "1\t0/1000000\tat restore point \"\u00e9\"\n# end"
            })
    void acceptsWhatPostgresWritesAndAccepts(String content) {
        assertThat(parse(TWO, content).switchPoint(ONE)).contains(Lsn.parse("0/1000000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x|expected a numeric timeline ID",
                "1|expected a write-ahead log switchpoint location",
                "1\\t|expected a write-ahead log switchpoint location",
                "1\\t0|expected a write-ahead log switchpoint location",
                "1\\t0/|expected a write-ahead log switchpoint location",
                "1\\t/0|expected a write-ahead log switchpoint location",
                "1\\t0/10|expected a write-ahead log switchpoint location",
                "1\\t0/10x\\tr\\n|expected a write-ahead log switchpoint location",
                "1\\t0x1/10\\tr\\n|expected a write-ahead log switchpoint location",
                "1\\t0/+10\\tr\\n|expected a write-ahead log switchpoint location",
                "1x0/10\\tr\\n|expected a write-ahead log switchpoint location",
                "0\\t0/10\\tr\\n|timeline out of range",
                "4294967296\\t0/10\\tr\\n|timeline out of range",
                "99999999999999999999\\t0/10\\tr\\n|timeline out of range",
                "-1\\t0/10\\tr\\n|invalid timeline",
                "+1\\t0/10\\tr\\n|invalid timeline",
                "1\\t123456789/0\\tr\\n|LSN part longer than 8 hex digits",
                "1\\t0/0\\tr\\n|invalid switch point 0/0",
                "1\\t0/10\\tr\\n1\\t0/20\\tr\\n|increasing sequence",
                "1\\t0/20\\tr\\n2\\t0/10\\tr\\n|switch point goes back",
                "5\\t0/10\\tr\\n|less than child timeline's ID"
            })
    void refusesLinesThatCannotBe(String escaped, String problem) {
        String content = escaped.replace("\\t", "\t").replace("\\n", "\n");

        assertThatThrownBy(() -> parse(FIVE, content)).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED);
            assertThat(e).hasMessageContaining(problem).hasMessageContaining("00000005.history");
        });
    }

    @Test
    void refusesEveryCutWithinTheNumbersOfALine() {
        String line = "1\t0/1000000\tx\n";
        int reason = line.indexOf("\tx");

        for (int length = 1; length <= reason; length++) {
            String cut = line.substring(0, length);
            assertThatThrownBy(() -> parse(TWO, cut)).as(cut).isInstanceOf(StorageException.class);
        }
    }

    @Test
    void showsReasonsWithoutWhatCouldHarmATerminal() {
        TimelineHistory shown = parse(TWO, new byte[] {'1', ' ', '0', '/', '8', ' ', 'a', 27, (byte) 0xFF, '\n'});

        assertThat(shown.entries().get(0).reason()).isEqualTo("a\\x1b\\xff");
    }

    @Test
    void holdsToItsLimits() {
        String line = "# comment\n";
        String most = line.repeat(TimelineHistory.MAX_LINES);

        assertThatCode(() -> parse(TWO, most)).doesNotThrowAnyException();
        assertThatThrownBy(() -> parse(TWO, most + line)).satisfies(TimelineHistoryTest::isOverTheLimit);
        assertThatThrownBy(() -> parse(TWO, new byte[TimelineHistory.MAX_BYTES + 1]))
                .satisfies(TimelineHistoryTest::isOverTheLimit);
        assertThatThrownBy(() -> parse(TWO, new byte[] {'1', 0, '\n'})).hasMessageContaining("NUL in history file");
    }

    @Test
    void leavesTheContentWhereItWas() {
        ByteBuffer content = ByteBuffer.wrap(("xx" + LINES).getBytes(StandardCharsets.US_ASCII));
        content.position(2);

        assertThat(TimelineHistory.parse(FIVE, content).entries()).hasSize(3);
        assertThat(content.position()).isEqualTo(2);
    }

    @Test
    void namesItsFile() {
        assertThat(TimelineHistory.fileName(TimelineId.of(0xABCDEF01L))).isEqualTo("ABCDEF01.history");
        assertThat(TimelineHistory.timelineOfFileName("ABCDEF01.history")).contains(TimelineId.of(0xABCDEF01L));
        assertThat(TimelineHistory.timelineOfFileName("00000000.history")).isEmpty();
        assertThat(TimelineHistory.timelineOfFileName("0000000a.history")).isEmpty();
        assertThat(TimelineHistory.timelineOfFileName("../00002.history")).isEmpty();
    }

    private static void isOverTheLimit(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED));
    }

    private static TimelineHistory parse(TimelineId timeline, String content) {
        return parse(timeline, content.getBytes(StandardCharsets.UTF_8));
    }

    private static TimelineHistory parse(TimelineId timeline, byte[] content) {
        return TimelineHistory.parse(timeline, ByteBuffer.wrap(content));
    }
}
