// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.example.plugin.PluginTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalReceiverTransportsTest {
    private static final WalReceiverTransport LIBPQ = FakeTransport.claiming("libpq", "postgresql:");

    private final List<String> refused = new ArrayList<>();

    @Test
    void takesTheOneTransportThatClaimsAConninfo() {
        WalReceiverTransport other = new PluginTransport();

        assertThat(transports(LIBPQ, other).forConninfo("plugin:x")).isSameAs(other);
        assertThat(transports(LIBPQ, other).byName("libpq")).isSameAs(LIBPQ);
        assertThat(refused).isEmpty();
    }

    @Test
    void namesBothWhenTwoClaimAConninfo() {
        WalReceiverTransport greedy = new FakeTransport(WalReceiverTransport.API_VERSION, "greedy", conninfo -> true);

        assertThatThrownBy(() -> transports(new PluginTransport(), greedy).forConninfo("plugin:x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("conninfo: claimed by 'plugin' (org.example.plugin.PluginTransport) and 'greedy' "
                        + "(io.walcast.transport.FakeTransport) (expected: one transport)");
    }

    @Test
    void namesBothWhenTwoHaveOneName() {
        WalReceiverTransport impostor = FakeTransport.claiming("plugin", "x:");

        assertThatThrownBy(() -> transports(new PluginTransport(), impostor).byName("plugin"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("PluginTransport", "FakeTransport");
    }

    @Test
    void namesTheArtifactToAddAndRepeatsNoSecret() {
        WalReceiverTransports transports = transports(new PluginTransport());

        assertThatThrownBy(() -> transports.forConninfo("postgresql://u:secret@h"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("conninfo: no transport for 'postgresql:' (found: plugin; is the artifact transport-libpq "
                        + "missing from the class path?)");
        assertThatThrownBy(() -> transports.forConninfo("host=h password=secret:x"))
                .hasMessageContaining("transport-libpq")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> transports.forConninfo("grpcs://h")).hasMessageContaining("transport-grpc");
        assertThatThrownBy(() -> transports().byName("grpc"))
                .hasMessage("transport: 'grpc' not found (found: none; is the artifact transport-grpc missing from the "
                        + "class path?)");
    }

    @Test
    void refusesATransportOfAnotherApiVersion() {
        WalReceiverTransports transports = transports(new FakeTransport(99, "old", conninfo -> true), LIBPQ);

        assertThat(transports.all()).containsExactly(LIBPQ);
        assertThat(refused)
                .containsExactly(
                        "io.walcast.transport.FakeTransport was built for version 99 of the transport API (expected: 1)");
        assertThatThrownBy(() -> transports.byName("old")).hasMessageContaining("left out: " + refused.get(0));
    }

    @Test
    void goesOnAfterATransportThatCannotBeLoaded() {
        WalReceiverTransports transports = new WalReceiverTransports(
                () -> new Iterator<>() {
                    private int calls;

                    @Override
                    public boolean hasNext() {
                        return calls < 2;
                    }

                    @Override
                    public WalReceiverTransport next() {
                        if (calls++ == 0) {
                            throw new ServiceConfigurationError("no such class");
                        }
                        return LIBPQ;
                    }
                },
                (reason, cause) -> refused.add(reason));

        assertThat(transports.all()).containsExactly(LIBPQ);
        assertThat(refused).singleElement().asString().contains("no such class");
    }

    @Test
    void givesUpOnALoaderThatFailsForEver() {
        WalReceiverTransports transports = new WalReceiverTransports(
                () -> new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        throw new ServiceConfigurationError("unreadable");
                    }

                    @Override
                    public WalReceiverTransport next() {
                        throw new ServiceConfigurationError("unreadable");
                    }
                },
                (reason, cause) -> refused.add(reason));

        assertThat(transports.all()).isEmpty();
        assertThat(refused).hasSize(100);
    }

    @Test
    void doesNotAskATransportThatThrowsWhenAsked() {
        WalReceiverTransport broken = new FakeTransport(WalReceiverTransport.API_VERSION, "broken", conninfo -> {
            throw new NoClassDefFoundError("gone");
        });

        WalReceiverTransport good = new PluginTransport();

        assertThat(transports(broken, good).forConninfo("plugin:x")).isSameAs(good);
        assertThat(refused).singleElement().asString().contains("gone");
    }

    @Test
    void findsProvidersThroughClassLoadersAndLeavesBrokenOnesOut(@TempDir Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(WalReceiverTransport.class.getName()),
                "org.example.plugin.Missing\norg.example.plugin.PluginTransport\n");
        URL[] urls = {folder.toUri().toURL()};
        ClassLoader own = getClass().getClassLoader();

        try (URLClassLoader first = new URLClassLoader(urls, own);
                URLClassLoader second = new URLClassLoader(urls, own)) {
            WalReceiverTransports transports =
                    WalReceiverTransports.load(List.of(first, second), (reason, cause) -> refused.add(reason));

            assertThat(transports.all()).singleElement().isInstanceOf(PluginTransport.class);
            assertThat(refused).hasSize(2).allMatch(reason -> reason.contains("Missing"));
        }
    }

    @Test
    void findsNothingOnItsOwn() {
        assertThat(WalReceiverTransports.load().all()).isEmpty();
    }

    private WalReceiverTransports transports(WalReceiverTransport... transports) {
        return new WalReceiverTransports(List.of(transports), (reason, cause) -> refused.add(reason));
    }
}
