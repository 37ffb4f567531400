// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories in which tests look for programs, in this order.
 *
 * @param directories searched from first to last
 */
public record ToolPath(List<Path> directories) {

    /** Where Debian keeps the programs of PostgreSQL 15; what it puts on the PATH are wrappers in Perl. */
    private static final Path DEBIAN_POSTGRES_15 = Path.of("/usr/lib/postgresql/15/bin");

    /** Where servers are, which are not on the PATH of everybody. */
    private static final Path SERVERS = Path.of("/usr/sbin");

    public ToolPath {
        directories = List.copyOf(directories);
    }

    /** Returns Debian's directory of PostgreSQL 15, then those of the environment's PATH, then that of servers. */
    public static ToolPath ofEnvironment() {
        List<Path> directories = new ArrayList<>();
        directories.add(DEBIAN_POSTGRES_15);
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (!directory.isEmpty()) {
                directories.add(Path.of(directory));
            }
        }
        directories.add(SERVERS);
        return new ToolPath(directories);
    }

    /** Returns the first executable file of this name. */
    public Optional<Path> find(String tool) {
        return directories.stream()
                .map(directory -> directory.resolve(tool))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /**
     * Returns the first executable file of this name, for tests that {@link RequiresTool} has let run.
     *
     * @throws IllegalStateException if there is none
     */
    public static Path require(String tool) {
        return ofEnvironment()
                .find(tool)
                .orElseThrow(
                        () -> new IllegalStateException("tool: no '" + tool + "' found (expected: @RequiresTool)"));
    }
}
