// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A relay answers byte for byte as a standby of PostgreSQL does, clocks and process ids aside, but for the
 * {@link WantedDifferences}.
 */
@Timeout(300)
class DifferentialIT {
    static final Set<Integer> MAJORS = new TreeSet<>(List.of(15, 18));

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
        WantedDifferences wanted = new WantedDifferences(major);
        List<Case> cases = new ArrayList<>(StartupCases.all());
        cases.addAll(CommandCases.all());
        cases.addAll(StreamCases.all());
        Stream<DynamicTest> tests =
                cases.stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> compare(each, sides, wanted)));
        DynamicTest last = DynamicTest.dynamicTest(
                "every wanted difference is there",
                () -> assertThat(wanted.unused()).isEmpty());
        return Stream.concat(tests, Stream.of(last)).onClose(sides::close);
    }

    private static void compare(Case each, TwoSides sides, WantedDifferences wanted) {
        Site site = sides.site();
        try (Talk theirs = new Talk(sides.theirs());
                Talk ours = new Talk(sides.ours())) {
            each.script().accept(theirs, site);
            each.script().accept(ours, site);

            assertThat(wanted.counted(each, ours.transcript())).isEqualTo(wanted.expected(each, theirs.transcript()));
        }
    }
}
