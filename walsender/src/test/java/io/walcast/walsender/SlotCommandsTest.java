// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.ipc.ReplicationSlotRow;
import io.walcast.transport.CloseReason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SlotCommandsTest {
    private static final String READ = "T slot_type:25:-1:-1 restart_lsn:25:-1:-1 restart_tli:20:8:-1";

    private final SenderRig rig = new SenderRig();

    private static ReplicationCommand create(String name, boolean temporary, boolean reserve) {
        return new CreateReplicationSlot(name, temporary, null, reserve, null, false, false);
    }

    private static ReplicationCommand drop(String name, boolean wait) {
        return new DropReplicationSlot(name, wait);
    }

    @Test
    void aPhysicalSlotHasNoConsistentPoint() {
        assertThat(rig.connect().execute(create("s1", false, true)))
                .containsExactly(
                        "T slot_name:25:-1:-1 consistent_point:25:-1:-1 snapshot_name:25:-1:-1 output_plugin:25:-1:-1",
                        "D s1 0/0 NULL NULL",
                        "C CREATE_REPLICATION_SLOT",
                        "Z");
    }

    @Test
    void aSlotThatReservesDoesSoFromWhereAStreamCanStart() {
        rig.wal.moveTo(1, "0/345678");
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, true));

        assertThat(client.execute(new ReadReplicationSlot("s1")))
                .containsExactly(READ, "D physical 0/300000 1", "C READ_REPLICATION_SLOT", "Z");
        assertThat(client.start("s1", "0/300000", 0)).containsExactly("W");
        assertThat(client.pull()).isNotEmpty();
    }

    @Test
    void theTimelineOfASlotIsThatOfItsPosition() {
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, true));
        rig.wal.addHistory(2, "1\t0/310000\tx\n");
        rig.wal.moveTo(2, "0/400000");

        assertThat(client.execute(new ReadReplicationSlot("s1"))).contains("D physical 0/300000 1");
    }

    @Test
    void aSlotThatReservesNothingOrIsNotThereHasNulls() {
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, false));

        assertThat(client.execute(new ReadReplicationSlot("s1"))).contains("D physical NULL NULL");
        assertThat(client.execute(new ReadReplicationSlot("nope")))
                .containsExactly(READ, "D NULL NULL NULL", "C READ_REPLICATION_SLOT", "Z");
    }

    @Test
    void whatIsWrongWithANameIsSaid() {
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, false));

        assertThat(client.execute(create("s1", false, false)))
                .containsExactly("E ERROR 42710 replication slot \"s1\" already exists");
        assertThat(client.execute(create("No", false, false)))
                .first()
                .asString()
                .startsWith("E ERROR 42602 ");
        assertThat(client.execute(drop("nope", false)))
                .containsExactly("E ERROR 42704 replication slot \"nope\" does not exist");
        assertThat(client.execute(drop("nope", true)))
                .containsExactly("E ERROR 42704 replication slot \"nope\" does not exist");
    }

    @Test
    void aNameThatNoSlotCanHaveIsOneThatNoSlotHas() {
        SenderRig.Client client = rig.connect();

        assertThat(client.execute(drop("../x", false)))
                .containsExactly("E ERROR 42704 replication slot \"../x\" does not exist");
        assertThat(client.execute(new ReadReplicationSlot("../x")))
                .isEqualTo(client.execute(new ReadReplicationSlot("nope")));
    }

    @Test
    void aFourthOfThreeIsRefused() {
        SenderRig.Client client = rig.connect();
        for (int i = 0; i < 3; i++) {
            client.execute(create("s" + i, false, false));
        }
        assertThat(client.execute(create("s4", false, false)))
                .containsExactly("E ERROR 53400 all replication slots are in use");
    }

    @Test
    void aPhysicalSlotCannotBeAltered() {
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, false));

        assertThat(client.execute(new AlterReplicationSlot("s1", true, null)))
                .containsExactly("E ERROR 0A000 cannot use ALTER_REPLICATION_SLOT with a physical replication slot");
        assertThat(client.execute(new AlterReplicationSlot("nope", true, null)))
                .containsExactly("E ERROR 42704 replication slot \"nope\" does not exist");
    }

    @Test
    void aSlotIsDropped() {
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, false));

        assertThat(client.execute(drop("s1", false))).containsExactly("C DROP_REPLICATION_SLOT", "Z");
        assertThat(rig.service.slots()).isEmpty();
    }

    @Test
    void aSlotInUseIsNotDropped() {
        SenderRig.Client user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);

        assertThat(rig.connect().execute(drop("s1", false)))
                .containsExactly("E ERROR 55006 replication slot \"s1\" is active for PID 1");
    }

    @Test
    void aSlotInUseIsDroppedWhenItIsFree() {
        SenderRig.Client user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);
        SenderRig.Client client = rig.connect();
        assertThat(client.execute(drop("s1", true))).isEmpty();

        user.session.closed(CloseReason.TERMINATED_BY_PEER);

        assertThat(client.messages()).containsExactly("C DROP_REPLICATION_SLOT", "Z");
    }

    @Test
    void waitingForASlotCanBeCanceled() {
        SenderRig.Client user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);
        SenderRig.Client client = rig.connect();
        client.execute(drop("s1", true));

        client.session.cancelCommand();

        assertThat(client.messages()).containsExactly("E ERROR 57014 canceling statement due to user request");
        user.session.closed(CloseReason.TERMINATED_BY_PEER);
        assertThat(client.messages()).hasSize(1);
        assertThat(rig.service.slots()).hasSize(1);
    }

    @Test
    void waitingForASlotEndsWithTheConnection() {
        SenderRig.Client user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);
        SenderRig.Client client = rig.connect();
        client.execute(drop("s1", true));
        client.session.closed(CloseReason.CONNECTION_LOST);
        user.session.closed(CloseReason.TERMINATED_BY_PEER);

        assertThat(rig.service.slots()).hasSize(1);
    }

    @Test
    void aTemporarySlotGoesWithItsSession() {
        SenderRig.Client client = rig.connect();
        client.execute(create("t1", true, true));
        assertThat(rig.service.slots())
                .extracting(ReplicationSlotRow::temporary)
                .containsExactly(true);

        client.session.closed(CloseReason.TERMINATED_BY_PEER);
        assertThat(rig.service.slots()).isEmpty();
    }

    @Test
    void aTemporarySlotGoesWithAnyErrorBeforeThePeerIsTold() {
        SenderRig.Client client = rig.connect();
        client.execute(create("t1", true, true));
        rig.holdIo();
        assertThat(client.execute(new Sql("SELECT 1"))).isEmpty();
        rig.finishIo();

        assertThat(client.messages()).hasSize(1);
        assertThat(rig.service.slots()).isEmpty();
    }

    @Test
    void aTemporarySlotGoesWithACommandThatTheTransportRefuses() {
        SenderRig.Client client = rig.connect();
        client.session.commandRefused();
        client.execute(create("t1", true, true));
        client.session.commandRefused();
        assertThat(client.execute(new ReadReplicationSlot("t1"))).contains("D NULL NULL NULL");
    }

    @Test
    void aTemporarySlotSurvivesTheEndOfAStream() {
        SenderRig.Client client = rig.connect();
        client.execute(create("t1", true, true));
        client.start("t1", "0/300000", 0);
        client.reply.stream().peerCopyDone();
        client.pull();
        client.reply.stream().ended();

        assertThat(rig.service.slots()).hasSize(1);
        assertThat(client.start("t1", "0/300000", 0)).containsExactly("W");
    }

    @Test
    void aSlotInUseIsRefusedAfterASecond() {
        SenderRig.Client user = rig.stream(null, "0/300000");
        user.session.closed(CloseReason.TERMINATED_BY_PEER);
        user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);
        SenderRig.Client client = rig.connect();
        assertThat(client.start("s1", "0/300000", 0)).isEmpty();

        rig.advance(Duration.ofMillis(999));
        assertThat(client.messages()).isEmpty();
        rig.advance(Duration.ofMillis(1));

        assertThat(client.messages()).containsExactly("E ERROR 55006 replication slot \"s1\" is active for PID 2");
        assertThat(user.peer.terminatedWith()).isNull();
    }

    @Test
    void aSlotThatIsGivenBackWithinASecondIsTaken() {
        SenderRig.Client user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);
        SenderRig.Client client = rig.connect();
        client.start("s1", "0/300000", 0);
        rig.advance(Duration.ofMillis(10));
        user.session.closed(CloseReason.CONNECTION_LOST);

        assertThat(client.messages()).containsExactly("W");
        rig.advance(Duration.ofSeconds(2));
        assertThat(client.messages()).containsExactly("W");
    }

    @Test
    void waitingForASlotToStreamCanBeCanceled() {
        SenderRig.Client user = rig.connect();
        user.execute(create("s1", false, false));
        user.start("s1", "0/300000", 0);
        SenderRig.Client client = rig.connect();
        client.start("s1", "0/300000", 0);
        client.session.cancelCommand();

        assertThat(client.messages()).containsExactly("E ERROR 57014 canceling statement due to user request");
    }

    @Test
    void aSlotIsTakenFromASessionThatIsNotHeardOfAnyMore() {
        SenderRig.Client dead = rig.connect();
        dead.execute(create("s1", false, true));
        dead.start("s1", "0/300000", 0);
        rig.wal.moveTo(1, "0/320000");
        dead.pull();
        dead.report("0/308000");
        rig.advance(Duration.ofSeconds(30));
        dead.pull();
        SenderRig.Client client = rig.connect();

        assertThat(client.start("s1", "0/300000", 0)).as("it may answer yet").isEmpty();
        rig.advance(Duration.ofSeconds(1));
        assertThat(client.messages()).containsExactly("W");
        assertThat(dead.session.walSnd().slotName()).isNull();

        assertThat(dead.peer.terminatedWith()).isEqualTo(SessionErrors.terminated());
        dead.report("0/320000");
        assertThat(rig.slots.find("s1").orElseThrow().restartLsn()).hasToString("0/308000");
        dead.session.closed(CloseReason.ENDED_BY_SERVER);
        client.pull();
        client.report("0/310000");
        assertThat(rig.slots.find("s1").orElseThrow().restartLsn()).hasToString("0/310000");
    }

    /** As with {@code wal_receiver_status_interval = 0}. */
    @Test
    void aSlotStaysWithAPeerThatRepliesOnlyWhenAsked() {
        SenderRig.Client quiet = rig.connect();
        quiet.execute(create("s1", false, true));
        quiet.start("s1", "0/300000", 0);
        quiet.pull();
        rig.advance(Duration.ofSeconds(30));
        assertThat(quiet.pull()).containsExactly("k 0/300000 reply");
        SenderRig.Client client = rig.connect();
        client.start("s1", "0/300000", 0);
        quiet.report("0/300000");
        rig.advance(Duration.ofSeconds(1));

        assertThat(client.messages()).containsExactly("E ERROR 55006 replication slot \"s1\" is active for PID 1");
        assertThat(quiet.peer.terminatedWith()).isNull();
    }

    @Test
    void aSlotMovesWithWhatIsConfirmedAndNeverBeyondWhatWasSentOrBack() {
        SenderRig.Client client = rig.connect();
        client.execute(create("s1", false, true));
        client.start("s1", "0/300000", 0);
        rig.wal.moveTo(1, "0/350000");
        client.next();
        client.report("0/350000");
        assertThat(rig.slots.find("s1").orElseThrow().restartLsn())
                .as("sent so far")
                .hasToString("0/320000");
        client.report("0/310000");
        assertThat(rig.slots.find("s1").orElseThrow().restartLsn()).hasToString("0/320000");
        client.pull();
        client.report("0/900000");
        assertThat(rig.slots.find("s1").orElseThrow().restartLsn()).hasToString("0/320000");
        client.report("0/348000", "0/0", "0/0", false);
        assertThat(rig.slots.find("s1").orElseThrow().restartLsn()).hasToString("0/320000");
    }
}
