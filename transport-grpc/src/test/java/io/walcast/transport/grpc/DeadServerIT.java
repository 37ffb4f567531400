// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Latch;
import io.walcast.testkit.net.Behaviour;
import io.walcast.testkit.net.Ending;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryStream;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that are gone without a word, and lines that are cut. */
@ExtendWith(QuietGrpc.class)
@Timeout(120)
final class DeadServerIT {
    private static final Lsn START = Lsn.parse("0/3000000");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Latch latch = new Latch();
    private final PrimaryScript script = new PrimaryScript();
    private final ScriptedGrpcPrimary primary = ScriptedGrpcPrimary.start(script, builder -> builder, null);
    private final MisbehavingProxy line = MisbehavingProxy.to(primary.port());
    private WalReceiverConnection connection;

    @BeforeEach
    void stream() {
        script.stream(new PrimaryStream().keepalive(START, false));
        connection = new GrpcReceiverTransport()
                .connect(ConnectOptions.of(
                                "grpc://127.0.0.1:%d?keepalive=10&keepalive_timeout=1".formatted(line.port()), latch)
                        .withEnvironment(Map.of()));
        connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST));
        assertThat(new BlockingReceiver(connection, latch).receive(PATIENCE)).isNotNull();
    }

    @AfterEach
    void closeAll() {
        connection.close();
        line.close();
        primary.close();
        LeakRecorder.assertNothingLeaked();
    }

    @Test
    void noticesAServerThatAnswersNoMore() {
        line.behave(Behaviour.BLACK_HOLE);

        assertThatThrownBy(() -> new BlockingReceiver(connection, latch).receive(PATIENCE))
                .isInstanceOfSatisfying(
                        ConnectionException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.CONNECTION_FAILURE))
                .hasMessageContaining("Keepalive failed");
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void noticesThatTheLineIsCut(Ending ending) {
        line.cut(ending);

        assertThatThrownBy(() -> new BlockingReceiver(connection, latch).receive(PATIENCE))
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.CONNECTION_FAILURE));
        assertThatThrownBy(connection::receive).isInstanceOf(ConnectionException.class);
    }
}
