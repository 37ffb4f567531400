// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The groups of tests that cannot run on this machine, each with its reason. Each is told once on standard error when it
 * is found out, and the build prints all of them as its last lines.
 *
 * <p>Threading: safe to use from any thread of one JVM; the build runs one test JVM at a time.
 */
public final class MissingGroups {
    private static final Object lock = new Object();

    private final @Nullable Path file;
    private final boolean ci;
    private final Consumer<String> screen;

    MissingGroups(@Nullable Path file, boolean ci, Consumer<String> screen) {
        this.file = file;
        this.ci = ci;
        this.screen = screen;
    }

    /** Returns those of the running build; outside of one, nothing is written down. */
    public static MissingGroups ofBuild() {
        String file = System.getProperty("walcast.missingGroups");
        boolean ci = "true".equals(System.getenv("CI"));
        return new MissingGroups(file == null ? null : Path.of(file), ci, System.err::println);
    }

    /**
     * Writes down that {@code group} does not run.
     *
     * @throws IllegalStateException if the environment says {@code CI=true}: there, every group must run
     */
    public void add(String group, String why) {
        if (ci) {
            throw new IllegalStateException(line(group, why) + " (with CI=true every group of tests must run)");
        }
        addImpossible(group, why);
    }

    /**
     * Writes down that {@code group} cannot run on any machine of this kind, whatever is installed there. That is no
     * failure with {@code CI=true} either.
     */
    public void addImpossible(String group, String why) {
        if (file != null) {
            append(file, line(group, why));
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

    private static String line(String group, String why) {
        return group + ": " + why;
    }

    private void append(Path file, String line) {
        synchronized (lock) {
            try {
                Path directory = file.toAbsolutePath().getParent();
                if (directory != null) {
                    Files.createDirectories(directory);
                }
                if (!Files.exists(file) || !Files.readAllLines(file).contains(line)) {
                    Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    screen.accept("not run here: " + line);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
