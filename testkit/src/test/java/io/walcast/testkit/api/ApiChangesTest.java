// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.testkit.transport.WalSenderTransportContract;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalSenderTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The API that transports are written against changes only when somebody says so: the report in {@code docs} is the
 * announcement.
 */
class ApiChangesTest {
    private static final String ACCEPT = "walcast.api.accept";
    private static final String HOW = """
            The transport API has changed, and docs/api-changes.md does not say so. To announce the change, let the report be written
            anew and commit it with the change:

                ./mvnw -pl testkit -am test -Dtest=ApiChangesTest -Dwalcast.api.accept=report

            After a release, or after an incompatible change with a new API_VERSION, promise the API as it is now:

                ./mvnw -pl testkit -am test -Dtest=ApiChangesTest -Dwalcast.api.accept=promise
            """;

    private final Path docs =
            Path.of(requireNonNull(System.getProperty("walcast.root"))).resolve("docs");
    private final Path promised = docs.resolve("api/promised.txt");
    private final Path report = docs.resolve("api-changes.md");

    private static Map<String, String> current() {
        Map<String, Class<?>> packages = new TreeMap<>();
        for (String name : List.of("auth", "command", "core", "core.error", "core.protocol", "ipc", "transport")) {
            packages.put("io.walcast." + name, WalReceiverTransport.class);
        }
        for (String name : List.of("service", "standby", "transport")) {
            packages.put("io.walcast.testkit." + name, WalSenderTransportContract.class);
        }
        return ApiText.of(packages);
    }

    @Test
    void isWhatWasPromisedButForWhatTheReportSays() throws IOException {
        Map<String, String> current = current();
        String accept = System.getProperty(ACCEPT, "");
        if (accept.equals("promise")) {
            Files.createDirectories(requireNonNull(promised.getParent()));
            Files.write(
                    promised,
                    current.entrySet().stream()
                            .map(line -> line.getKey() + "\t" + line.getValue())
                            .toList());
        }
        String changes = ApiChanges.between(promised(), current).report();
        if (!accept.isEmpty()) {
            Files.writeString(report, changes);
        }

        assertThat(Files.readString(report)).as(HOW).isEqualTo(changes);
    }

    @Test
    void breaksNobodyWithoutANewVersion() throws IOException {
        Map<String, String> promised = promised();
        ApiChanges changes = ApiChanges.between(promised, current());
        String version = " field API_VERSION";
        boolean isNewVersion = List.of(WalReceiverTransport.class, WalSenderTransport.class).stream()
                .anyMatch(type ->
                        !String.valueOf(promised.get(type.getName() + version)).endsWith("= " + versionOf(type)));

        if (!isNewVersion) {
            assertThat(changes.incompatible()).as(HOW).isEmpty();
        }
    }

    private static int versionOf(Class<?> type) {
        return type == WalReceiverTransport.class ? WalReceiverTransport.API_VERSION : WalSenderTransport.API_VERSION;
    }

    private Map<String, String> promised() throws IOException {
        return Files.readAllLines(promised).stream()
                .map(line -> line.split("\t", 2))
                .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    }

    @Test
    void tellsWhatBreaksFromWhatIsNew() {
        Map<String, String> older = Map.of(
                "a.T", "public abstract interface",
                "a.T m()", "public abstract void",
                "a.T n()", "public abstract void",
                "a.T o()", "public void",
                "a.T p()", "public void");
        Map<String, String> newer = Map.of(
                "a.T", "public abstract interface",
                "a.T m()", "public default void",
                "a.T n()", "public abstract int",
                "a.T p()", "public final void",
                "a.T q()", "public abstract void",
                "a.T r()", "public default void",
                "a.U", "public abstract interface",
                "a.U s()", "public abstract void");

        ApiChanges changes = ApiChanges.between(older, newer);

        assertThat(changes.incompatible())
                .containsExactly(
                        "changed: `a.T n()` from `public abstract void` to `public abstract int`",
                        "gone: `a.T o()` (public void)",
                        "changed: `a.T p()` from `public void` to `public final void`",
                        "new: `a.T q()` (public abstract void)");
        assertThat(changes.compatible())
                .containsExactly(
                        "changed: `a.T m()` from `public abstract void` to `public default void`",
                        "new: `a.T r()` (public default void)",
                        "new: `a.U` (public abstract interface)",
                        "new: `a.U s()` (public abstract void)");
    }
}
