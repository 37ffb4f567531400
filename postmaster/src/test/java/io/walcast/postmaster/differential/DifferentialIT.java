// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.differential.ShutdownCases.Client;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A relay answers byte for byte as a standby of PostgreSQL does, and as a primary, clocks and process ids aside, but for the
 * {@link WantedDifferences}.
 */
@Timeout(600)
class DifferentialIT {
    static final Set<Integer> MAJORS = new TreeSet<>(List.of(15, 18));

    private static final int ATTEMPTS = 3;

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> answersAsPostgreSql15Does() {
        return compared(15);
    }

    @TestFactory
    Stream<DynamicTest> answersAsPostgreSql18Does() {
        return compared(18);
    }

    private Stream<DynamicTest> compared(int major) {
        TwoSides sides = TwoSides.start(major, directory);
        List<Stream<DynamicTest>> tests = new ArrayList<>();
        for (Reference reference : Reference.values()) {
            WantedDifferences wanted = new WantedDifferences(major, reference);
            tests.add(cases().stream()
                    .map(each -> DynamicTest.dynamicTest(
                            reference + ": " + each.name(), () -> compare(each, sides, reference, wanted))));
            tests.add(Stream.of(DynamicTest.dynamicTest(
                    reference + ": every wanted difference is there",
                    () -> assertThat(wanted.unused()).isEmpty())));
        }
        tests.add(shutdown(sides));
        return tests.stream().flatMap(part -> part).onClose(sides::close);
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>(StartupCases.all());
        cases.addAll(CommandCases.all());
        cases.addAll(StreamCases.all());
        return cases;
    }

    /** A primary writes WAL without being asked; what was compared meanwhile is compared again. */
    private static void compare(Case each, TwoSides sides, Reference reference, WantedDifferences wanted) {
        Site site;
        Site after = sides.site();
        String theirs;
        String ours;
        int attempts = 0;
        do {
            site = after;
            theirs = transcript(each, sides.theirs(reference), site);
            ours = transcript(each, sides.ours(), site);
            after = sides.site();
            attempts++;
        } while (!after.equals(site) && attempts < ATTEMPTS);
        assertThat(wanted.counted(each, ours)).isEqualTo(wanted.expected(each, theirs));
    }

    private static String transcript(Case each, InetSocketAddress server, Site site) {
        try (Talk talk = new Talk(server)) {
            each.script().accept(talk, site);
            return talk.transcript();
        }
    }

    /** All clients are connected when both sides shut down; nothing is there after that. */
    private static Stream<DynamicTest> shutdown(TwoSides sides) {
        Map<String, String> theirs = new LinkedHashMap<>();
        Map<String, String> ours = new LinkedHashMap<>();
        DynamicTest both = DynamicTest.dynamicTest("both shut down", () -> {
            Site site = sides.site();
            theirs.putAll(told(sides.theirs(Reference.STANDBY), site, sides::stopStandby));
            ours.putAll(told(sides.ours(), site, sides::stopRelay));
        });
        return Stream.concat(
                Stream.of(both),
                ShutdownCases.all().stream()
                        .map(client -> DynamicTest.dynamicTest(
                                "shutdown: " + client.name(),
                                () -> assertThat(ours.get(client.name()))
                                        .isNotNull()
                                        .isEqualTo(theirs.get(client.name())))));
    }

    private static Map<String, String> told(InetSocketAddress server, Site site, Runnable stop) {
        Map<Client, Talk> talks = new LinkedHashMap<>();
        Map<String, String> transcripts = new LinkedHashMap<>();
        try {
            for (Client client : ShutdownCases.all()) {
                Talk talk = new Talk(server);
                talks.put(client, talk);
                client.before().accept(talk, site);
                talk.forget();
            }
            stop.run();
            talks.forEach((client, talk) -> {
                client.after().accept(talk, site);
                transcripts.put(client.name(), talk.transcript());
            });
            return transcripts;
        } finally {
            talks.values().forEach(Talk::close);
        }
    }
}
