// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The groups of tests that cannot run on this machine, each with its reason. The build prints them as its last lines.
 *
 * <p>Threading: safe to use from any thread of one JVM; the build runs one test JVM at a time.
 */
public final class MissingGroups {
    private static final Object lock = new Object();

    private final @Nullable Path file;
    private final boolean ci;

    MissingGroups(@Nullable Path file, boolean ci) {
        this.file = file;
        this.ci = ci;
    }

    /** Returns those of the running build; outside of one, nothing is written down. */
    public static MissingGroups ofBuild() {
        String file = System.getProperty("walcast.missingGroups");
        return new MissingGroups(file == null ? null : Path.of(file), "true".equals(System.getenv("CI")));
    }

    /**
     * Writes down that {@code group} does not run.
     *
     * @throws IllegalStateException if the environment says {@code CI=true}: there, every group must run
     */
    public void add(String group, String why) {
        String line = group + ": " + why;
        if (ci) {
            throw new IllegalStateException(line + " (with CI=true every group of tests must run)");
        }
        if (file != null) {
            append(file, line);
        }
    }

    /**
     * Writes down that {@code group} does not run, and has the running test be left out.
     *
     * @throws IllegalStateException if the environment says {@code CI=true}
     */
    public void leaveOut(String group, String why) {
        add(group, why);
        throw new TestAbortedException(why);
    }

    private static void append(Path file, String line) {
        synchronized (lock) {
            try {
                Path directory = file.toAbsolutePath().getParent();
                if (directory != null) {
                    Files.createDirectories(directory);
                }
                if (!Files.exists(file) || !Files.readAllLines(file).contains(line)) {
                    Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
