// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WalSenderTransportsTest {
    private static final WalSenderTransport LIBPQ = new FakeSender(WalSenderTransport.API_VERSION, "libpq");

    private final List<String> refused = new ArrayList<>();

    @Test
    void takesPostgresqlsOwnProtocolWhereNoSchemeIsGiven() {
        assertThat(transports(LIBPQ).forScheme("")).isSameAs(LIBPQ);
        assertThat(transports(LIBPQ).forScheme("postgresql")).isSameAs(LIBPQ);
        assertThat(transports(LIBPQ).all()).containsExactly(LIBPQ);
        assertThat(refused).isEmpty();
    }

    @Test
    void takesTheTransportOfThatNameForAnyOtherScheme() {
        WalSenderTransport pigeon = new Other();

        assertThat(transports(LIBPQ, pigeon).forScheme("pigeon")).isSameAs(pigeon);
    }

    @Test
    void namesTheArtifactToAdd() {
        assertThatThrownBy(() -> transports().forScheme(""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "listen address: no transport 'libpq' (found: none; is the artifact transport-libpq missing "
                                + "from the class path?)");
        assertThatThrownBy(() -> transports(LIBPQ).forScheme("grpcs"))
                .hasMessage("listen address: no transport for 'grpcs:' (found: libpq; is the artifact transport-grpc "
                        + "missing from the class path?)");
        assertThatThrownBy(() -> transports(LIBPQ).forScheme("pigeon")).hasMessageContaining("of its transport");
    }

    @Test
    void refusesATransportOfAnotherApiVersion() {
        assertThat(transports(new FakeSender(99, "old"), LIBPQ).all()).containsExactly(LIBPQ);

        assertThat(refused)
                .contains("io.walcast.transport.WalSenderTransportsTest$FakeSender was built for version 99 of the "
                        + "transport API (expected: 1)");
    }

    @Test
    void loadsWhatStandsOnTheClassPath() {
        assertThat(WalSenderTransports.load().all()).isEmpty();
    }

    private WalSenderTransports transports(WalSenderTransport... providers) {
        return new WalSenderTransports(List.of(providers), (reason, cause) -> refused.add(reason));
    }

    private record FakeSender(int apiVersion, String name) implements WalSenderTransport {
        @Override
        public Listener listen(ListenOptions options, ReplicationService service) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Other implements WalSenderTransport {
        @Override
        public int apiVersion() {
            return API_VERSION;
        }

        @Override
        public String name() {
            return "pigeon";
        }

        @Override
        public Listener listen(ListenOptions options, ReplicationService service) {
            throw new UnsupportedOperationException();
        }
    }
}
