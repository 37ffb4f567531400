// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Counts how often a program asks the disk to make something durable, by {@code strace}. Not timed: strace slows. */
final class SyncCalls {
    private static final Set<String> CALLS = Set.of("fsync", "fdatasync", "sync_file_range");
    private static final int CALLS_COLUMN = 3;

    private final Path strace;
    private final Path summary;

    SyncCalls(Path strace, Path scratch) {
        this.strace = strace;
        summary = scratch.resolve("strace");
    }

    /** Returns the command that runs {@code command} and counts. */
    List<String> counting(List<String> command) {
        List<String> traced = new ArrayList<>(List.of(
                strace.toString(),
                "-f",
                "--seccomp-bpf",
                "-c",
                "-e",
                "trace=" + String.join(",", CALLS),
                "-o",
                summary.toString()));
        traced.addAll(command);
        return traced;
    }

    /** Returns what the command has counted that ended last. */
    long count() {
        try {
            return parse(Files.readAllLines(summary));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sums the calls of a summary as {@code strace -c} prints it: {@code % time, seconds, usecs/call, calls, …, name}. */
    static long parse(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(columns -> columns.length > CALLS_COLUMN && CALLS.contains(columns[columns.length - 1]))
                .mapToLong(columns -> Long.parseLong(columns[CALLS_COLUMN]))
                .sum();
    }
}
