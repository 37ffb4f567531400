// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.transport.Outbound;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PhysicalStreamTest {
    private static final String NEXT_TIMELINE = "T next_tli:20:8:-1 next_tli_startpos:25:-1:-1";

    private final SenderRig rig = new SenderRig();

    @Test
    void sendsPiecesThatEndAtPagesAndTheRest() {
        rig.wal.moveTo(1, "0/325678");
        SenderRig.Client client = rig.stream(null, "0/300100");

        assertThat(client.messages()).containsExactly("W");
        assertThat(client.pull()).containsExactly("w 0/300100-0/320000 of 0/325678", "w 0/320000-0/325678 of 0/325678");
    }

    @Test
    void isCatchingUpUntilNothingIsLeftAndStreamsFromThenOn() {
        SenderRig.Client client = rig.stream(null, "0/200000");
        assertThat(client.session.walSnd().state()).isEqualTo(WalSndState.CATCHUP);
        client.pull();
        assertThat(client.session.walSnd().state()).isEqualTo(WalSndState.STREAMING);

        rig.wal.moveTo(1, "0/900000");
        client.next();
        assertThat(client.session.walSnd().state()).isEqualTo(WalSndState.STREAMING);
    }

    @Test
    void isWokenWhenThereIsMore() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        rig.turn();
        assertThat(client.pull()).isEmpty();

        rig.wal.moveTo(1, "0/300028");
        rig.turn();

        assertThat(client.peer.takeWakes()).isOne();
        assertThat(client.pull()).containsExactly("w 0/300000-0/300028 of 0/300028");
    }

    @Test
    void isNotWokenWhileThereIsStillSomethingToTake() {
        SenderRig.Client client = rig.stream(null, "0/100000");
        rig.turn();
        client.peer.takeWakes();
        client.next();

        rig.wal.moveTo(1, "0/400000");
        rig.turn();

        assertThat(client.peer.takeWakes()).isZero();
    }

    @Test
    void waitsForWhatIsNotAtHand() {
        SenderRig.Client client = rig.stream(null, "0/2F0000");
        rig.chunks.withhold();
        assertThat(client.pull()).isEmpty();
        client.peer.takeWakes();

        rig.chunks.release();

        assertThat(client.peer.takeWakes()).isOne();
        assertThat(client.pull()).containsExactly("w 0/2F0000-0/300000 of 0/300000");
    }

    @Test
    void aStartInTheFutureIsAnErrorAfterCopyBoth() {
        SenderRig.Client client = rig.stream(null, "0/300001");
        assertThat(client.pull()).isEmpty();

        assertThat(client.messages())
                .containsExactly(
                        "W",
                        "E ERROR XX000 requested starting point 0/300001 is ahead of the WAL flush position of this server"
                                + " 0/300000");
        assertThat(client.session.walSnd().state()).isEqualTo(WalSndState.STARTUP);
        assertThat(client.execute(new IdentifySystem())).endsWith("Z");
    }

    @Test
    void aSegmentThatIsGoneIsAnErrorAfterCopyBoth() {
        rig.chunks.fail(new StorageException(SqlState.UNDEFINED_FILE, "/secret/path is gone", null));
        SenderRig.Client client = rig.stream(null, "0/100000");
        client.pull();

        assertThat(client.messages())
                .containsExactly(
                        "W", "E ERROR 58P01 requested WAL segment 000000010000000000000001 has already been removed");
    }

    @Test
    void aDiskThatFailsIsAnErrorWithoutPaths() {
        rig.chunks.fail(new StorageException("/secret/path: I/O error", null));
        SenderRig.Client client = rig.stream(null, "0/100000");
        client.pull();

        assertThat(client.messages())
                .containsExactly("W", "E ERROR 58030 could not read WAL segment 000000010000000000000001");
    }

    @Test
    void neverHandsOutAChunkBeyondTheFlushPosition() {
        rig.chunks.exceedBy(1);
        SenderRig.Client client = rig.stream(null, "0/2FFF00");

        assertThatThrownBy(client::pull).isInstanceOf(IllegalStateException.class);
        assertThat(client.session.walSnd().row().sent()).hasToString("0/2FFF00");
    }

    @Test
    void thePeersEndIsAnsweredAndTheSessionGoesOn() {
        SenderRig.Client client = rig.stream(null, "0/100000");
        client.next();
        client.reply.stream().peerCopyDone();

        assertThat(client.pull()).containsExactly("c");
        client.reply.stream().ended();
        assertThat(client.messages()).containsExactly("W", "C START_STREAMING", "C START_REPLICATION", "Z");
        assertThat(client.session.walSnd().state()).isEqualTo(WalSndState.STARTUP);
        client.start(null, "0/200000", 0);
        assertThat(client.pull()).hasSize(8);
    }

    @Test
    void statusesAreTakenAfterOurEndAndBeforeThePeers() {
        rig.wal.addHistory(2, "1\t0/250000\tx\n");
        rig.wal.moveTo(2, "0/300000");
        SenderRig.Client client = rig.connect();
        client.start(null, "0/240000", 1);
        assertThat(client.pull()).containsExactly("w 0/240000-0/250000 of 0/250000", "c");
        client.report("0/250000");
        assertThat(client.session.walSnd().row().flush()).hasToString("0/250000");
        assertThat(client.pull()).isEmpty();

        client.reply.stream().peerCopyDone();
        client.reply.stream().ended();

        assertThat(client.messages())
                .containsExactly("W", NEXT_TIMELINE, "D 2 0/250000", "C START_STREAMING", "C START_REPLICATION", "Z");
    }

    @Test
    void aHistoricTimelineIsReadFromTheNextOnesFileWhereItEnds() {
        rig.wal.addHistory(2, "1\t0/250000\tx\n");
        rig.wal.moveTo(2, "0/300000");
        SenderRig.Client client = rig.connect();
        client.start(null, "0/1E0000", 1);
        client.pull();

        assertThat(rig.chunks.handedOut())
                .containsExactly(
                        "1: 0/1E0000-0/200000", "2: 0/200000-0/220000", "2: 0/220000-0/240000", "2: 0/240000-0/250000");
        assertThat(client.session.walSnd().state()).isEqualTo(WalSndState.CATCHUP);
    }

    @Test
    void nothingIsSentOfAHistoricTimelineThatIsNotFlushedYet() {
        rig.wal.addHistory(2, "1\t0/250000\tx\n");
        rig.wal.moveTo(2, "0/248000");
        SenderRig.Client client = rig.connect();
        client.start(null, "0/240000", 1);
        assertThat(client.pull()).containsExactly("w 0/240000-0/248000 of 0/248000");

        rig.wal.moveTo(2, "0/260000");
        assertThat(client.pull()).containsExactly("w 0/248000-0/250000 of 0/250000", "c");
    }

    @Test
    void atTheSwitchPointThereIsNoCopyBoth() {
        rig.wal.addHistory(2, "1\t0/250000\tx\n");
        rig.wal.moveTo(2, "0/300000");
        SenderRig.Client client = rig.connect();

        assertThat(client.start(null, "0/250000", 1))
                .containsExactly(NEXT_TIMELINE, "D 2 0/250000", "C START_STREAMING", "C START_REPLICATION", "Z");
        assertThat(client.start(null, "0/24FFFF", 1)).containsExactly("W");
        assertThat(client.pull()).containsExactly("w 0/24FFFF-0/250000 of 0/250000", "c");
    }

    @Test
    void anotherTimelineThatTakesOverEndsTheStreamAtTheSwitchPoint() {
        SenderRig.Client client = rig.stream(null, "0/2F8000");
        client.pull();
        rig.wal.addHistory(2, "1\t0/300000\tx\n");
        rig.holdIo();
        rig.wal.moveTo(2, "0/308000");
        rig.turn();

        assertThat(client.pull()).as("while the history is being read").isEmpty();
        client.peer.takeWakes();
        rig.finishIo();
        assertThat(client.peer.takeWakes()).isOne();
        assertThat(client.pull()).containsExactly("c");
        client.reply.stream().peerCopyDone();
        client.reply.stream().ended();
        assertThat(client.messages()).contains("D 2 0/300000");
    }

    @Test
    void whatWasSentBeyondTheSwitchPointIsNotTakenBack() {
        SenderRig.Client client = rig.stream(null, "0/2F8000");
        client.pull();
        rig.wal.addHistory(2, "1\t0/2FE000\tx\n");
        rig.wal.moveTo(2, "0/2FF000");

        assertThat(client.pull()).containsExactly("c");
        client.reply.stream().peerCopyDone();
        client.reply.stream().ended();
        assertThat(client.messages()).contains("D 2 0/2FE000");
    }

    @Test
    void aTimelineThatDoesNotComeFromOursEndsTheStreamInAnError() {
        SenderRig.Client client = rig.stream(null, "0/2F8000");
        client.pull();
        rig.wal.addHistory(3, "2\t0/2FE000\tx\n");
        rig.wal.moveTo(3, "0/308000");
        client.pull();

        assertThat(client.messages())
                .last()
                .isEqualTo("E ERROR XX000 requested timeline 1 is not in this server's history");
    }

    @Test
    void aHistoryThatCannotBeReadEndsTheStreamInAnError() {
        SenderRig.Client client = rig.stream(null, "0/2F8000");
        client.pull();
        rig.wal.failHistory(new StorageException("/secret/path", null));
        rig.wal.moveTo(2, "0/308000");
        client.pull();

        assertThat(client.messages()).last().asString().startsWith("E ERROR 58030 could not read");
    }

    @Test
    void aPeerIsAskedAtHalfOfTheTimeoutAndDroppedAtTheTimeout() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        rig.turn();
        client.peer.takeWakes();

        assertThat(rig.advance(Duration.ofSeconds(29)))
                .isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(client.peer.takeWakes()).isZero();
        rig.advance(Duration.ofSeconds(1));
        assertThat(client.peer.takeWakes()).isOne();
        assertThat(client.pull()).containsExactly("k 0/300000 reply");
        rig.advance(Duration.ofSeconds(30));
        assertThat(client.peer.isDropped()).isFalse();
        rig.advance(Duration.ofMillis(100));
        assertThat(client.peer.isDropped()).isTrue();
        assertThat(client.messages()).containsExactly("W");
        assertThat(client.pull()).isEmpty();
    }

    @Test
    void aReplyPutsTheTimeoutOff() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        rig.advance(Duration.ofSeconds(59));
        client.pull();
        client.feedback(0, 0, 0);
        rig.advance(Duration.ofSeconds(59));
        assertThat(client.peer.isDropped()).isFalse();
        assertThat(client.pull()).containsExactly("k 0/300000 reply");
    }

    /** The one who wakes comes when half of the timeout has passed again, and not before. */
    @Test
    void aPeerThatAnswersAtOnceIsAskedAgain() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        for (int i = 0; i < 3; i++) {
            rig.advance(Duration.ofSeconds(30));
            assertThat(client.peer.takeWakes()).isOne();
            assertThat(client.pull()).containsExactly("k 0/300000 reply");
            client.feedback(0, 0, 0);
        }
    }

    @Test
    void theTimeoutIsTheSessionsOwn() {
        SenderRig.Client client = rig.connect(Map.of("wal_sender_timeout", "2s"));
        client.start(null, "0/300000", 0);
        rig.advance(Duration.ofSeconds(1));
        assertThat(client.pull()).containsExactly("k 0/300000 reply");
        rig.advance(Duration.ofSeconds(1));
        rig.advance(Duration.ofMillis(100));
        assertThat(client.peer.isDropped()).isTrue();
    }

    @Test
    void aReloadChangesTheTimeoutOfThoseWhoDidNotSetIt() {
        SenderRig.Client ours = rig.stream(null, "0/300000");
        SenderRig.Client own = rig.connect(Map.of("wal_sender_timeout", "1h"));
        own.start(null, "0/300000", 0);
        rig.set("wal_sender_timeout", "4s");
        rig.advance(Duration.ofSeconds(2));

        assertThat(ours.pull()).containsExactly("k 0/300000 reply");
        assertThat(own.pull()).isEmpty();
    }

    @Test
    void withoutATimeoutNobodyIsAskedOrDropped() {
        SenderRig.Client client = rig.connect(Map.of("wal_sender_timeout", "0"));
        client.start(null, "0/300000", 0);
        rig.advance(Duration.ofDays(1));
        assertThat(client.pull()).isEmpty();
        assertThat(client.peer.isDropped()).isFalse();
    }

    @Test
    void anAnswerIsGivenToWhoAsksForOneWithWhatWasSentSoFar() {
        SenderRig.Client client = rig.stream(null, "0/200000");
        client.next();
        client.peer.takeWakes();
        client.report("0/200000", "0/200000", "0/0", true);

        assertThat(client.peer.takeWakes()).isOne();
        assertThat(client.next())
                .isEqualTo(new Outbound.Keepalive(io.walcast.core.Lsn.parse("0/220000"), rig.clock.now(), false));
    }

    @Test
    void aFloodOfRequestsIsAnsweredTogether() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        int answers = 0;
        for (int i = 0; i < 10_000; i++) {
            client.report("0/300000", "0/300000", "0/300000", true);
            answers += client.pull().size();
            rig.clock.advance(Duration.ofNanos(100_000));
        }
        assertThat(answers).isEqualTo(100);
        assertThat(client.peer.isDropped()).isFalse();
        rig.advance(Duration.ofMillis(10));
        assertThat(client.peer.takeWakes()).isPositive();
        assertThat(client.pull()).containsExactly("k 0/300000");
    }

    @Test
    void canceledItEndsInAnErrorAndTheSessionLives() {
        SenderRig.Client client = rig.stream(null, "0/100000");
        client.next();
        client.peer.takeWakes();
        client.session.cancelCommand();
        assertThat(client.peer.takeWakes()).isOne();
        assertThat(client.pull()).isEmpty();

        assertThat(client.messages()).containsExactly("W", "E ERROR 57014 canceling statement due to user request");
        assertThat(client.execute(new IdentifySystem())).endsWith("Z");
    }

    @Test
    void afterAnErrorWhatThePeerStillSendsIsIgnored() {
        SenderRig.Client client = rig.stream(null, "0/100000");
        client.session.cancelCommand();
        client.pull();
        client.report("0/100000");
        assertThat(client.session.walSnd().row().flush()).isNull();
    }

    @Test
    void aConnectionThatIsGoneIsLeftAlone() {
        SenderRig.Client client = rig.stream(null, "0/100000");
        client.session.closed(io.walcast.transport.CloseReason.CONNECTION_LOST);
        rig.advance(Duration.ofHours(1));
        assertThat(client.peer.isDropped()).isFalse();
        assertThat(client.pull()).isEmpty();
        assertThat(rig.service.replication()).isEmpty();
    }
}
