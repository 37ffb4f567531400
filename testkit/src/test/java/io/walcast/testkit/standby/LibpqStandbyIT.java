// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripted standby against PostgreSQL itself. */
@Timeout(120)
class LibpqStandbyIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void doesWhatAStandbyDoes(int major) throws IOException {
        try (PostgresServer server =
                        PostgresServer.start(Options.of(major).withHba("host all,replication all all trust"));
                LibpqStandby standby = connect(server, PostgresServer.USER)) {
            assertThat(standby.parameters().get("server_version")).startsWith(major + ".");
            CommandAnswer identity = standby.identify(SOON);
            assertThat(identity.rows().get(0).latin1(0))
                    .isEqualTo(server.systemIdentifier().toString());
            assertThat(standby.show("wal_segment_size", SOON).rows().get(0).latin1(0))
                    .isEqualTo("16MB");

            slots(standby);
            stream(server, standby);

            standby.query("NONSENSE");
            assertThat(standby.answer(SOON).ready()).isTrue();
            standby.terminate();
        }
    }

    private static void slots(LibpqStandby standby) {
        CreateReplicationSlot create = new CreateReplicationSlot("s \"1\"", true, null, true, null, false, false);
        assertThat(standby.execute(create, SOON).error().map(ErrorFields::sqlState))
                .contains(SqlState.INVALID_NAME);

        create = new CreateReplicationSlot("s_1", true, null, true, null, false, false);
        assertThat(standby.execute(create, SOON).tags()).containsExactly("CREATE_REPLICATION_SLOT");
        CommandAnswer slot = standby.execute(new ReadReplicationSlot("s_1"), SOON);
        assertThat(slot.rows().get(0).latin1(0)).isEqualTo("physical");
        assertThat(standby.execute(new DropReplicationSlot("s_1", false), SOON).tags())
                .containsExactly("DROP_REPLICATION_SLOT");
    }

    private static void stream(PostgresServer server, LibpqStandby standby) {
        Lsn start = server.flushLsn();
        assertThat(standby.start(start, TimelineId.FIRST, SOON)).isEqualTo(new FromServer.CopyBoth());
        standby.send(new StatusUpdate(start, start, start, new PgTimestamp(1), true));
        server.execute("CREATE TABLE t (a int)");

        FromServer message = standby.next(SOON);
        while (!(message instanceof FromServer.Wal)) {
            message = standby.next(SOON);
        }
        assertThat(((FromServer.Wal) message).start()).isEqualTo(start);

        standby.copyDone();
        while (!(message instanceof FromServer.CopyDone)) {
            message = standby.next(SOON);
        }
        assertThat(standby.answer(SOON).ready()).isTrue();
    }

    @Test
    void tellsWhyItWasRefused() {
        try (PostgresServer server =
                PostgresServer.start(Options.of(18).withHba("host all,replication all all trust"))) {
            assertThatThrownBy(() -> connect(server, "nobody_there").close())
                    .isInstanceOfSatisfying(ServerErrorException.class, e -> {
                        assertThat(e.fields().severity()).isEqualTo("FATAL");
                        assertThat(e.sqlState()).isEqualTo(SqlState.INVALID_AUTHORIZATION);
                    });
        }
    }

    private static LibpqStandby connect(PostgresServer server, String user) throws IOException {
        return LibpqStandby.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                StandbyLogin.PHYSICAL.withUser(user));
    }
}
