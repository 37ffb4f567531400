// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.walcast.auth.AccessRules;
import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.CancelKey;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.WalSenderTransport;
import io.walcast.transport.WalSenderTransports;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListenersTest {
    private final List<FakeListener> opened = new ArrayList<>();
    private final WalSenderTransports transports =
            new WalSenderTransports(List.of(new FakeTransport()), (reason, cause) -> {});

    @Test
    void tellsATransportHowItsAddressWasWritten() {
        open("fake://127.0.0.1:7?x=1", "fake://127.0.0.1:0").close();

        assertThat(opened).allSatisfy(listener -> assertThat(listener.isClosed).isTrue());
        assertThat(opened.get(0).options.scheme()).isEqualTo("fake");
        assertThat(opened.get(0).options.parameters()).containsOnly(entry("x", "1"), entry("round", "0"));
    }

    @Test
    void listsThemInOrder() {
        try (Listeners listeners = open("fake://127.0.0.1:7")) {
            assertThat(listeners.rows())
                    .singleElement()
                    .isEqualTo(Map.of("transport", "fake", "scheme", "fake", "address", "127.0.0.1", "port", 7));
            List<String> log = new ArrayList<>();
            listeners.announce(log::add);
            assertThat(log).containsExactly("listening on IPv4 address \"127.0.0.1\", port 7 (fake)");
        }
    }

    @Test
    void takesWhatHasChangedOverEverywhereOrNowhere() {
        try (Listeners listeners = open("fake://127.0.0.1:1", "fake://127.0.0.1:2?refuses=2")) {
            listeners.reload(source(1), source(0));
            assertThat(rounds()).containsExactly("1", "1");

            assertThatThrownBy(() -> listeners.reload(source(2), source(1)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("round 2");
            assertThat(rounds()).containsExactly("1", "1");
        }
    }

    @Test
    void leavesNothingOpenIfOneCannotBeOpened() {
        assertThatThrownBy(() -> open("fake://127.0.0.1:1", "other://127.0.0.1:2"))
                .isInstanceOf(ConfigurationException.class);
        assertThat(opened)
                .singleElement()
                .satisfies(listener -> assertThat(listener.isClosed).isTrue());
    }

    private List<String> rounds() {
        return opened.stream()
                .map(listener -> listener.options.parameters().getOrDefault("round", ""))
                .toList();
    }

    private Listeners open(String... addresses) {
        List<ListenAddress> parsed =
                List.of(addresses).stream().map(ListenAddress::parse).toList();
        return Listeners.open(parsed, transports, source(0), new FakeService());
    }

    /** Returns options that say which round of reloads they are of. */
    private static Listeners.OptionsSource source(int round) {
        return (address, transport, bind) -> {
            Map<String, String> parameters = new HashMap<>(address.parameters());
            parameters.put("round", Integer.toString(round));
            return ListenOptions.plain(bind).withScheme(address.scheme()).withParameters(parameters);
        };
    }

    /** Opens nothing, and remembers what it was told. */
    private final class FakeTransport implements WalSenderTransport {
        @Override
        public int apiVersion() {
            return API_VERSION;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Listener listen(ListenOptions options, ReplicationService service) {
            FakeListener listener = new FakeListener(options);
            opened.add(listener);
            return listener;
        }
    }

    private static final class FakeListener implements Listener {
        private ListenOptions options;
        private boolean isClosed;

        private FakeListener(ListenOptions options) {
            this.options = options;
        }

        @Override
        public InetSocketAddress address() {
            return options.address();
        }

        @Override
        public void reload(ListenOptions next) {
            String round = next.parameters().getOrDefault("round", "");
            if (round.equals(next.parameters().get("refuses"))) {
                throw new ConfigurationException("round " + round);
            }
            options = next;
        }

        @Override
        public void stopAccepting() {}

        @Override
        public void close() {
            isClosed = true;
        }
    }

    /** Nobody comes. */
    private static final class FakeService implements ReplicationService {
        @Override
        public AccessRules access() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int serverMajor() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ReplicationSession open(SessionRequest request, SessionPeer peer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void cancel(int pid, CancelKey key) {
            throw new UnsupportedOperationException();
        }
    }
}
