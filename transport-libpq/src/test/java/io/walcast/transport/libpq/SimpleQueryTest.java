// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SimpleQueryTest {
    private static final byte[] ONE_COLUMN = FakeWire.frame(
            'T',
            ByteBuffer.allocate(2 + 2 + 18).putShort((short) 1).put((byte) 'c').array());
    private static final byte[] NOTICE = notice(1);
    private static final byte[] DONE = FakeWire.frame('C', "SELECT\0".getBytes(US_ASCII));
    private static final byte[] READY = FakeWire.frame('Z', new byte[] {'I'});

    private final FakeWire server = new FakeWire();
    private final SimpleQuery query = new SimpleQuery(server.session);

    @AfterEach
    void close() {
        server.close();
        LeakRecorder.assertNothingLeaked();
    }

    private static byte[] row(int bytes) {
        return FakeWire.frame(
                'D',
                ByteBuffer.allocate(6 + bytes).putShort((short) 1).putInt(bytes).array());
    }

    private static byte[] notice(int bytes) {
        return FakeWire.frame('N', ("SNOTICE\0C00000\0M" + "x".repeat(bytes) + "\0\0").getBytes(US_ASCII));
    }

    private void arrive(int times, byte[] frame) {
        ByteBuffer frames = ByteBuffer.allocate(times * frame.length);
        while (frames.hasRemaining()) {
            frames.put(frame);
        }
        server.arrive(frames.array());
    }

    private SimpleQuery.Outcome run(SimpleQuery.Inspector inspector) {
        return query.run("SHOW x", inspector, Deadline.NEVER);
    }

    @Test
    void takesARowOfTheSizeOfTheLargestHistory() {
        server.arrive(ONE_COLUMN)
                .arrive(row(CommandAnswers.LARGEST_HISTORY_BYTES))
                .arrive(DONE)
                .arrive(READY);

        assertThat(run(SimpleQuery.Inspector.ANYTHING).results())
                .singleElement()
                .satisfies(result -> assertThat(result.rows()).hasSize(1));
    }

    @Test
    void refusesRowsWithoutEnd() {
        server.arrive(ONE_COLUMN);
        arrive(3000, row(1000));

        assertTooLong(SimpleQuery.Inspector.ANYTHING, "answer to a command longer than 2 MB");
    }

    @Test
    void refusesResultsWithoutEnd() {
        arrive(50_000, DONE);

        assertTooLong(SimpleQuery.Inspector.ANYTHING, "answer to a command longer than 2 MB");
    }

    @Test
    void refusesResultsWithoutEndWhenTheCallerSetsTheLimitOfRows() {
        arrive(50_000, DONE);

        assertTooLong(new ExecAnswer(1000), ExecAnswer.TOO_LONG);
    }

    @Test
    void takesAsManyRowsAsTheCallerWants() {
        server.arrive(ONE_COLUMN);
        arrive(3000, row(1000));
        server.arrive(DONE).arrive(READY);

        assertThat(run(new ExecAnswer(4 << 20)).results())
                .singleElement()
                .satisfies(result -> assertThat(result.rows()).hasSize(3000));
    }

    @Test
    void refusesNoticesWithoutEnd() {
        arrive(1100, notice(1000));

        assertTooLong(SimpleQuery.Inspector.ANYTHING, "notices in answer to one command longer than 1 MB");
    }

    @Test
    void countsTheNoticesOfEachCommandAnew() {
        for (int i = 0; i < 3; i++) {
            arrive(600, notice(1000));
            server.arrive(DONE).arrive(READY);

            assertThat(run(SimpleQuery.Inspector.ANYTHING).results()).hasSize(1);
        }
    }

    private void assertTooLong(SimpleQuery.Inspector inspector, String message) {
        assertThatThrownBy(() -> run(inspector))
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED))
                .hasMessage(message);
    }

    @Test
    void stopsBetweenTwoFramesWhenCanceled() {
        ServerSession session = new ServerSession(server.wire, server.frames, notice -> server.cancellation.request());
        server.arrive(NOTICE).arrive(NOTICE).arrive(READY);

        assertThatThrownBy(() -> session.awaitFrame(Deadline.NEVER, "exec")).isInstanceOf(CanceledException.class);
        assertThat(server.frames.next()).isTrue();
    }

    @Test
    void stopsBetweenTwoFramesWhenTheDeadlineHasPassed() {
        Deadline deadline = Deadline.after(Duration.ofMillis(50));
        ServerSession session = new ServerSession(server.wire, server.frames, notice -> awaitEnd(deadline));
        server.arrive(NOTICE).arrive(NOTICE).arrive(READY);

        assertThatThrownBy(() -> session.awaitFrame(deadline, "exec"))
                .isInstanceOf(ConnectionException.class)
                .hasMessage("exec: timeout expired");
        assertThat(server.frames.next()).isTrue();
    }

    private static void awaitEnd(Deadline deadline) {
        while (!deadline.hasPassed()) {
            Thread.onSpinWait();
        }
    }
}
