// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand.BaseBackup;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartLogicalReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.command.ReplicationCommand.UploadManifest;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.transport.CloseReason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WalSenderTest {
    private static final String UNSUPPORTED = "E ERROR 0A000 %s is not supported by this server";

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 18})
    void identifiesTheSystem(int major) {
        SenderRig rig = new SenderRig(major);
        rig.wal.moveTo(-1 >>> 1, "16/B374D848");

        assertThat(rig.connect().execute(new IdentifySystem()))
                .containsExactly(
                        "T systemid:25:-1:-1 timeline:20:8:-1 xlogpos:25:-1:-1 dbname:25:-1:-1",
                        "D 7710176439805894728 2147483647 16/B374D848 NULL",
                        "C IDENTIFY_SYSTEM",
                        "Z");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15})
    void theTimelineIsAnInt4Before16(int major) {
        SenderRig rig = new SenderRig(major);

        assertThat(rig.connect().execute(new IdentifySystem()))
                .startsWith(
                        "T systemid:25:-1:-1 timeline:23:4:-1 xlogpos:25:-1:-1 dbname:25:-1:-1",
                        "D 7710176439805894728 1 0/300000 NULL");
    }

    @Test
    void showsSettingsUnderTheirOwnName() {
        SenderRig rig = new SenderRig(15);
        SenderRig.Client client = rig.connect(Map.of("wal_sender_timeout", "90000"));

        assertThat(client.execute(new Show("WAL_sender_timeout")))
                .containsExactly("T wal_sender_timeout:25:-1:-1", "D 90s", "C SHOW", "Z");
        assertThat(client.execute(new Show("wal_segment_size"))).contains("D 1MB");
        assertThat(client.execute(new Show("server_version"))).contains("D 15.0");
        assertThat(client.execute(new Show("datestyle"))).startsWith("T DateStyle:25:-1:-1");
        assertThat(client.execute(new Show("nope")))
                .containsExactly("E ERROR 42704 unrecognized configuration parameter \"nope\"");
    }

    @ParameterizedTest
    @CsvSource({"14,0", "15,0", "16,-1", "18,-1"})
    void sendsAHistoryFileAsItIs(int major, int typeModifier) {
        SenderRig rig = new SenderRig(major);
        rig.wal.addHistory(2, "1\t0/250000\tno recovery target specified\n");

        assertThat(rig.connect().execute(new TimelineHistoryOf(TimelineId.of(2))))
                .containsExactly(
                        "T filename:25:-1:" + typeModifier + " content:25:-1:" + typeModifier,
                        "D 00000002.history 1\t0/250000\tno recovery target specified\n",
                        "C TIMELINE_HISTORY",
                        "Z");
    }

    @Test
    void aMissingHistoryFileIsAnErrorAfterTheColumns() {
        assertThat(new SenderRig().connect().execute(new TimelineHistoryOf(TimelineId.FIRST)))
                .containsExactly(
                        "T filename:25:-1:-1 content:25:-1:-1",
                        "E ERROR 58P01 could not open file \"00000001.history\": No such file or directory");
    }

    @Test
    void aHistoryFileThatCannotBeReadIsAnErrorWithoutPaths() {
        SenderRig rig = new SenderRig();
        rig.wal.failHistory(new StorageException("/secret/path", null));

        assertThat(rig.connect().execute(new TimelineHistoryOf(TimelineId.FIRST)))
                .last()
                .isEqualTo("E ERROR 58030 could not read the timeline history");
    }

    @Test
    void whatIsNotForAPhysicalWalsenderIsRefused() {
        SenderRig.Client client = new SenderRig().connect();

        assertThat(client.execute(new BaseBackup(List.of()))).containsExactly(UNSUPPORTED.formatted("BASE_BACKUP"));
        assertThat(client.execute(new UploadManifest())).containsExactly(UNSUPPORTED.formatted("UPLOAD_MANIFEST"));
        assertThat(client.execute(new StartLogicalReplication("s", Lsn.INVALID, List.of())))
                .containsExactly(UNSUPPORTED.formatted("logical replication"));
        assertThat(client.execute(new CreateReplicationSlot("s", false, "pgoutput", false, null, false, false)))
                .containsExactly(UNSUPPORTED.formatted("logical replication"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "SELECT 1", "identify_system"})
    void sqlIsRefusedAsPostgresqlDoes(String text) {
        assertThat(new SenderRig().connect().execute(new Sql(text)))
                .containsExactly("E ERROR 0A000 cannot execute SQL commands in WAL sender for physical replication");
    }

    @Test
    void a14WantsToIdentifyTheSystemFirst() {
        SenderRig rig = new SenderRig(14);
        SenderRig.Client client = rig.connect();

        assertThat(client.start(null, "0/200000", 0))
                .containsExactly("E ERROR 55000 IDENTIFY_SYSTEM has not been run before START_REPLICATION");
        client.execute(new IdentifySystem());
        assertThat(client.start(null, "0/200000", 0)).containsExactly("W");
    }

    @Test
    void a15DoesNot() {
        assertThat(new SenderRig(15).connect().start(null, "0/200000", 0)).containsExactly("W");
    }

    @Test
    void walThatWentAwayIsAnErrorForTheCommand() {
        SenderRig rig = new SenderRig();
        SenderRig.Client client = rig.connect();
        rig.service.replication();
        rig.wal.forget();

        assertThat(client.execute(new IdentifySystem()))
                .containsExactly("E FATAL 57P03 the database system is starting up");
    }

    @Test
    void aCommandThatIsStillBeingWorkedOnWhenTheConnectionGoesLeavesNothingBehind() {
        SenderRig rig = new SenderRig();
        SenderRig.Client client = rig.connect();
        rig.holdIo();
        client.execute(new CreateReplicationSlot("temp", true, null, false, null, false, false));
        client.session.closed(CloseReason.CONNECTION_LOST);
        assertThat(rig.service.replication()).hasSize(1);
        rig.finishIo();

        assertThat(rig.service.slots()).isEmpty();
        assertThat(rig.service.replication()).isEmpty();
    }

    @Test
    void aBugIsAnErrorOfTheCommandAndNotOfTheSession() {
        SenderRig rig = new SenderRig();
        SenderRig.Client client = rig.connect();
        rig.disk.beforeEachCall(call -> {
            throw new IllegalStateException("bug");
        });
        assertThat(client.execute(new CreateReplicationSlot("s", false, null, false, null, false, false)))
                .containsExactly("E ERROR XX000 could not create the slot");
        assertThat(client.execute(new IdentifySystem())).endsWith("Z");
    }
}
