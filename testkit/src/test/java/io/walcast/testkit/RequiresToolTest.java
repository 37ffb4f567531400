// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequiresToolTest {
    @TempDir
    private Path bin;

    private final List<String> screen = new ArrayList<>();
    private Path report;

    @BeforeEach
    void makeToolWithExecuteBit() throws IOException {
        Files.createFile(
                bin.resolve("there"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        report = bin.resolve("target").resolve("missing-groups.txt");
    }

    @Test
    void letsTestsRunWhoseToolsAreThere() {
        assertThat(condition(false).evaluate("group", List.of("there")).isDisabled())
                .isFalse();
        assertThat(report).doesNotExist();
    }

    @Test
    void leavesOutATestWithAMissingToolAndSaysSoOnce() {
        assertThat(condition(false)
                        .evaluate("group", List.of("there", "nowhere"))
                        .isDisabled())
                .isTrue();
        assertThat(condition(false).evaluate("group", List.of("nowhere")).isDisabled())
                .isTrue();
        assertThat(condition(false).evaluate("other", List.of("nowhere")).isDisabled())
                .isTrue();

        assertThat(report).hasContent("group: not found: nowhere\nother: not found: nowhere\n");
        assertThat(screen)
                .containsExactly("not run here: group: not found: nowhere", "not run here: other: not found: nowhere");
    }

    @Test
    void failsATestWithAMissingToolOnCi() {
        assertThatThrownBy(() -> condition(true).evaluate("group", List.of("nowhere")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("group: not found: nowhere (with CI=true every group of tests must run)");
    }

    @Test
    void failsNoTestThatNoMachineOfThisKindCouldRun() {
        new MissingGroups(report, true, screen::add).addImpossible("group", "never built");

        assertThat(report).hasContent("group: never built\n");
    }

    @Test
    void passesOverFilesThatCannotBeExecuted() throws IOException {
        Files.createFile(bin.resolve("plain"));
        Files.createDirectory(bin.resolve("directory"));

        ToolPath path = new ToolPath(List.of(bin));

        assertThat(path.find("plain")).isEmpty();
        assertThat(path.find("directory")).isEmpty();
        assertThat(path.find("there")).contains(bin.resolve("there"));
    }

    @Test
    @RequiresTool("sh")
    void findsWhatTheEnvironmentHas() {
        assertThat(ToolPath.require("sh")).isExecutable();
    }

    private ToolCondition condition(boolean ci) {
        return new ToolCondition(new ToolPath(List.of(bin)), new MissingGroups(report, ci, screen::add));
    }
}
