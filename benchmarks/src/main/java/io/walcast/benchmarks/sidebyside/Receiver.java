// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.core.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program with the options of {@code pg_receivewal}.
 *
 * @param label what it is called in slots, directories and reports
 * @param command the program and its first arguments
 */
record Receiver(String label, List<String> command) {
    private static final long BASE_TIMEOUT_S = 60;
    private static final long SLOWEST_BYTES_PER_S = 10L << 20;

    Receiver {
        command = List.copyOf(command);
    }

    /** Returns the command that receives into {@code directory} up to {@code end}, through a slot, and then ends. */
    List<String> command(Path directory, String conninfo, String slot, Lsn end) {
        return command(directory, conninfo, end, List.of("--slot=" + slot));
    }

    /** Returns the command that does so from where {@code directory} says on, and syncs nothing. */
    List<String> commandWithoutSync(Path directory, String conninfo, Lsn end) {
        return command(directory, conninfo, end, List.of("--no-sync"));
    }

    /** Returns the command that does so, too, and syncs each finished segment. */
    List<String> commandWithoutSlot(Path directory, String conninfo, Lsn end) {
        return command(directory, conninfo, end, List.of());
    }

    /** Returns the command that receives through a slot until it is stopped, and acknowledges every burst once it is synced. */
    List<String> commandOfStandby(Path directory, String conninfo, String slot) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(
                "--directory=" + directory,
                "--dbname=" + conninfo,
                "--slot=" + slot,
                "--synchronous",
                "--no-loop",
                "--no-password"));
        return all;
    }

    /** Returns how long it may take for so many bytes: a disk that syncs at 10 MB/s still passes. */
    static long timeoutS(long bytes) {
        return BASE_TIMEOUT_S + bytes / SLOWEST_BYTES_PER_S;
    }

    private List<String> command(Path directory, String conninfo, Lsn end, List<String> options) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(
                "--directory=" + directory, "--dbname=" + conninfo, "--endpos=" + end, "--no-loop", "--no-password"));
        all.addAll(options);
        return all;
    }

    /** Returns the first line of what {@code --version} prints. */
    String version() {
        List<String> asking = new ArrayList<>(command);
        asking.add("--version");
        try {
            Process process =
                    new ProcessBuilder(asking).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
