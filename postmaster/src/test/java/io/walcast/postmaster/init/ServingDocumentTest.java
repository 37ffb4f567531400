// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.guc.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingDocumentTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (?:`([^`]*)` )?\\| (restart|reload|session) \\|");
    private static final Pattern IN_FILE = Pattern.compile("(?m)^#([a-z_]+) = ");

    @TempDir
    private Path directory;

    @Test
    void explainsTheSettingsOfTheFileWithTheirDefaults() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Path root = Path.of(requireNonNull(System.getProperty("walcast.root")));
        Matcher row = ROW.matcher(Files.readString(root.resolve("docs/serving.md")));
        while (row.find()) {
            rows.put(row.group(1), row.group(2) == null ? "" : row.group(2));
        }
        Map<String, String> settings = new TreeMap<>();
        CommandRun.init("-D", directory.toString());
        Matcher line = IN_FILE.matcher(Files.readString(directory.resolve("walcast.conf")));
        while (line.find()) {
            settings.put(line.group(1), Settings.DEFAULTS.show(line.group(1)));
        }

        assertThat(rows).isEqualTo(settings);
    }
}
