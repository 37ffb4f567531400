// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.transport.CloseReason;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The end of a node ({@code WalSndInitStopping}, {@code WalSndDone}). */
final class StoppingTest {
    private final SenderRig rig = new SenderRig();

    /** Asks everybody to end; nobody here does so by himself, so the time is over at once. */
    private void initStopping() {
        rig.service.initStopping();
    }

    @Test
    void anIdleSessionEndsAtOnce() {
        SenderRig.Client client = rig.connect();
        initStopping();
        assertThat(client.peer.terminatedWith()).isEqualTo(SessionErrors.terminated());
    }

    @Test
    void aNewOneIsRefused() {
        initStopping();
        assertThatThrownBy(rig::connect).hasMessage("the database system is shutting down");
    }

    @Test
    void aStreamSendsTheRestAndEndsWhenItIsConfirmed() {
        SenderRig.Client client = rig.stream(null, "0/2F0000");
        client.pull();
        rig.wal.moveTo(1, "0/310000");
        initStopping();

        assertThat(client.peer.terminatedWith()).isNull();
        assertThat(client.pull()).containsExactly("w 0/300000-0/310000 of 0/310000", "k 0/310000 reply");
        assertThat(client.session.walSnd().row().state()).isEqualTo("stopping");
        client.report("0/310000", "0/308000", "0/0", false);
        assertThat(client.pull()).as("asked again after each reply").containsExactly("k 0/310000 reply");
        assertThat(client.pull()).isEmpty();
        client.report("0/310000", "0/310000", "0/0", false);
        assertThat(client.peer.takeWakes()).isPositive();
        assertThat(client.pull()).containsExactly("shutdown");
        assertThat(client.pull()).isEmpty();
        assertThat(client.messages()).containsExactly("W");
    }

    @Test
    void forAPeerThatReportsNoFlushItsWritingCounts() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.report("0/300000", "0/0", "0/0", false);
        initStopping();
        assertThat(client.pull()).containsExactly("shutdown");
    }

    @Test
    void aPeerThatHasMoreThanWeDoIsDoneToo() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.report("0/900000");
        initStopping();
        assertThat(client.pull()).containsExactly("shutdown");
    }

    @Test
    void aPeerThatIsStillCatchingUpGetsEverything() {
        SenderRig.Client client = rig.stream(null, "0/280000");
        client.next();
        initStopping();
        assertThat(client.pull()).hasSize(4).endsWith("w 0/2E0000-0/300000 of 0/300000", "k 0/300000 reply");
    }

    @Test
    void aPeerThatDoesNotConfirmTimesOut() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        initStopping();
        client.pull();
        rig.advance(Duration.ofSeconds(60));
        rig.advance(Duration.ofMillis(100));
        assertThat(client.peer.isDropped()).isTrue();
    }

    /** It would hold up the node for ever. */
    @Test
    void aPeerWithoutATimeoutGetsTheNodesWhileItStops() {
        SenderRig.Client client = rig.connect(Map.of("wal_sender_timeout", "0"));
        client.start(null, "0/300000", 0);
        client.pull();
        rig.advance(Duration.ofHours(1));
        initStopping();
        rig.turn();
        client.pull();
        rig.advance(Duration.ofSeconds(59));
        rig.advance(Duration.ofMillis(900));
        assertThat(client.peer.isDropped()).isFalse();
        rig.advance(Duration.ofMillis(100));
        rig.advance(Duration.ofMillis(100));
        assertThat(client.peer.isDropped()).isTrue();
    }

    @Test
    void aStreamThatThePeerEndsEndsTheSession() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        initStopping();
        client.pull();
        client.reply.stream().peerCopyDone();
        assertThat(client.pull()).containsExactly("c");
        client.reply.stream().ended();
        assertThat(client.peer.isDropped()).isTrue();
    }

    @Test
    void aStreamThatFailsEndsTheSession() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        initStopping();
        client.session.cancelCommand();
        client.pull();
        assertThat(client.messages()).last().asString().startsWith("E ERROR 57014");
        assertThat(client.peer.terminatedWith()).isEqualTo(SessionErrors.terminated());
    }

    @Test
    void aCommandIsRefused() {
        SenderRig.Client client = rig.connect();
        initStopping();
        assertThat(client.execute(new IdentifySystem()))
                .containsExactly("E ERROR 55000 cannot execute new commands while WAL sender is in stopping mode");
    }

    @Test
    void aStreamThatBeginsJustThenEndsTheSession() {
        SenderRig.Client client = rig.connect();
        rig.holdIo();
        client.start(null, "0/200000", 0);
        initStopping();
        rig.finishIo();
        assertThat(client.peer.terminatedWith()).isEqualTo(SessionErrors.terminated());
        assertThat(client.messages()).containsExactly("W");
        assertThat(client.pull()).isEmpty();
    }

    @Test
    void isOverWhenAllHaveGone() {
        SenderRig.Client client = rig.connect();
        client.session.closed(CloseReason.TERMINATED_BY_PEER);
        assertThat(rig.service.stop(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void whoIsLeftWhenTheTimeIsOverIsCutOff() {
        SenderRig.Client client = rig.stream(null, "0/200000");
        assertThat(rig.service.stop(Duration.ofMillis(1))).isFalse();
        assertThat(client.peer.terminatedWith()).isEqualTo(SessionErrors.terminated());
        assertThat(client.pull()).isEmpty();
    }
}
