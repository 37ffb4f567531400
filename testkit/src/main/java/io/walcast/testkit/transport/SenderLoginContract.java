// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walcast.auth.AccessRequest;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.service.ScriptedAccess;
import io.walcast.testkit.service.ScriptedSession;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.SessionPeer;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may connect, what the service learns of them, and how a session begins. */
abstract class SenderLoginContract extends SenderContract {
    private static final ErrorFields FATAL =
            new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating connection", null, null);

    @Test
    void tellsTheServiceWhoHasConnected() {
        ScriptedStandby standby =
                standby(listener(), StandbyLogin.PHYSICAL.withUser("relay").with("wal_sender_timeout", "5s"));

        ScriptedSession session = session(standby);
        assertThat(session.request().mode()).isEqualTo(Mode.PHYSICAL);
        assertThat(session.request().user()).isEqualTo("relay");
        assertThat(session.request().applicationName()).isEqualTo("standby1");
        assertThat(session.request().parameters()).containsEntry("wal_sender_timeout", "5s");
        assertThat(session.request().transport()).isEqualTo(transport().name());
        assertThat(session.request().tls() != null).isEqualTo(isEncrypted());
    }

    @Test
    void tellsTheDatabaseOfALogicalConnection() {
        ScriptedStandby standby = standby(listener(), StandbyLogin.PHYSICAL.withMode(Mode.LOGICAL, "app"));

        assertThat(session(standby).request().mode()).isEqualTo(Mode.LOGICAL);
        assertThat(session(standby).request().database()).isEqualTo("app");
    }

    @Test
    void reportsWhatTheSessionSaysOfTheServer() {
        service.parameter("server_version", "17.0").parameter("in_hot_standby", "on");

        assertThat(standby().parameters())
                .containsEntry("server_version", "17.0")
                .containsEntry("in_hot_standby", "on");
    }

    @Test
    void refusesWhomTheRulesReject() {
        service.access(ScriptedAccess.rejecting("stranger"));

        ErrorFields fields = refusal(StandbyLogin.PHYSICAL.withUser("stranger"));

        assertThat(fields.severity()).isEqualTo("FATAL");
        assertThat(fields.sqlState()).isEqualTo(SqlState.INVALID_AUTHORIZATION);
        assertThat(service.sessions()).isEmpty();
        assertThat(standby().identify(SOON).ready()).isTrue();
    }

    @Test
    void asksForTheRulesAnewForEveryConnection() {
        standby(listener(), StandbyLogin.PHYSICAL.withUser("somebody"));

        service.access(ScriptedAccess.rejecting("somebody"));

        assertThat(refusal(StandbyLogin.PHYSICAL.withUser("somebody")).sqlState())
                .isEqualTo(SqlState.INVALID_AUTHORIZATION);
    }

    @Test
    void tellsWhyTheServiceRefusesASession() {
        ErrorFields tooMany = new ErrorFields(
                "FATAL",
                SqlState.TOO_MANY_CONNECTIONS,
                "number of requested standby connections exceeds",
                "ten",
                "less");
        service.refuseWith(tooMany);
        assertThat(refusal(StandbyLogin.PHYSICAL)).isEqualTo(tooMany);

        service.refuseWith(null);
        assertThat(standby().identify(SOON).ready()).isTrue();
    }

    @Test
    void tellsTheRulesWhoAsks() {
        ScriptedAccess rules = ScriptedAccess.trust();
        service.access(rules);

        standby(listener(), StandbyLogin.PHYSICAL.withUser("relay"));
        standby(listener(), StandbyLogin.PHYSICAL.withMode(Mode.LOGICAL, "app"));

        assertThat(rules.requests())
                .containsExactly(
                        new AccessRequest(listener().address().getAddress(), isEncrypted(), "relay", null),
                        new AccessRequest(listener().address().getAddress(), isEncrypted(), "replicator", "app"));
    }

    @Test
    void refusesConnectionsBeyondTheLimit() {
        int limit = listenOptions().limits().connections();
        List<ScriptedStandby> standbys =
                Stream.generate(this::standby).limit(limit).toList();

        assertThat(refusal(StandbyLogin.PHYSICAL).sqlState()).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);

        standbys.get(0).terminate();
        assertThat(awaitClosed(session(standbys.get(0)))).isEqualTo(CloseReason.TERMINATED_BY_PEER);
        soon().ignoreExceptions().until(() -> standby().identify(SOON).ready());
    }

    @Test
    void survivesAServiceThatCannotOpenASession() {
        service.onOpen(peer -> {
            throw new IllegalStateException("a bug in a service");
        });
        assertThatThrownBy(this::standby).isNotNull();

        service.onOpen(peer -> {});
        assertThat(standby().identify(SOON).ready()).isTrue();
    }

    @Test
    void takesWordsForThePeerBeforeTheSessionIsOpen() {
        ErrorFields notice = new ErrorFields("WARNING", new SqlState("01000"), "careful", null, null);
        service.onOpen(peer -> {
            peer.wake();
            peer.notice(notice);
        });

        ScriptedStandby standby = standby();

        assertThat(standby.identify(SOON).ready()).isTrue();
    }

    @Test
    void endsASessionThatIsEndedBeforeItIsOpen() {
        service.onOpen(SessionPeer::drop);
        try {
            assertThat(standby().answer(SOON).closed()).isTrue();
        } catch (ServerErrorException | UncheckedIOException | IllegalStateException e) {
            // it was not even opened
        }

        assertThat(awaitClosed(service.sessions().get(0))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void terminatesASessionBeforeItIsOpen() {
        service.onOpen(peer -> peer.terminate(FATAL));
        try {
            assertThat(standby().answer(SOON).messages())
                    .endsWith(new FromServer.Failed(FATAL), new FromServer.Closed());
        } catch (ServerErrorException e) {
            assertThat(e.fields()).isEqualTo(FATAL);
        }

        assertThat(awaitClosed(service.sessions().get(0))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    private ErrorFields refusal(StandbyLogin login) {
        ServerErrorException refused =
                catchThrowableOfType(ServerErrorException.class, () -> standby(listener(), login));
        assertThat(refused).isNotNull();
        return refused.fields();
    }
}
