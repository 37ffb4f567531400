// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.RefusedException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.SystemIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class CommandAnswersFuzzTest {
    private static final String NULL = "NULL";

    /** A choice and the values of one row, a line each. */
    @FuzzTest
    void makesValuesOfAnAnswerOrRefusesIt(byte[] bytes) {
        Input input = new Input(bytes);
        int which = input.uint8() % 6;
        List<QueryResult> results = row(input.restAsText());

        ParserContract.parse(bytes.length, RefusedException.class, () -> switch (which) {
            case 0 -> CommandAnswers.systemIdentity(results);
            case 1 -> CommandAnswers.shown(results, "wal_segment_size");
            case 2 -> CommandAnswers.timelineHistory(results, TimelineId.of(2));
            case 3 -> CommandAnswers.slotPosition(results);
            case 4 -> CommandAnswers.createdSlot(results);
            default -> CommandAnswers.endOfTimeline(results);
        });
    }

    private static List<QueryResult> row(String text) {
        List<String> columns = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        QueryResult.Builder builder = new QueryResult.Builder();
        for (String value : text.split("\n", -1)) {
            columns.add("column");
            values.add(value.equals(NULL) ? null : value.getBytes(UTF_8));
        }
        builder.columns(columns);
        builder.row(values);
        return List.of(builder.complete("SELECT 1"));
    }

    @FuzzTest
    void readsTheIdentityThatAServerGives(byte[] bytes) {
        Optional<SystemIdentity> identity = ParserContract.parse(
                bytes.length, RefusedException.class, () -> CommandAnswers.systemIdentity(row(Input.text(bytes))));

        if (identity.isPresent()) {
            SystemIdentity read = identity.get();
            String database = read.database();
            String again = read.systemIdentifier() + "\n" + read.timeline() + "\n" + read.flushed() + "\n"
                    + (database == null ? NULL : database);
            assertThat(CommandAnswers.systemIdentity(row(again))).isEqualTo(read);
        }
    }

    @FuzzTest
    void readsTheVersionOfAServer(byte[] bytes) {
        ParserContract.parse(
                        bytes.length,
                        ProtocolViolationException.class,
                        () -> CommandAnswers.serverVersion(Input.text(bytes)))
                .ifPresent(version -> assertThat(version).isBetween(0, 99_999_999));
    }
}
