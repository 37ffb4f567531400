// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The memory of processes, in kilobytes, as the kernel keeps it. A process that has ended has none. */
final class ProcessMemory {
    private static final String HIGH_WATER_MARK = "VmHWM:";
    private static final String RESIDENT = "VmRSS:";
    private static final List<String> PRIVATE = List.of("Private_Clean:", "Private_Dirty:");

    private ProcessMemory() {}

    /** Returns the most that the process ever had resident. */
    static long highWaterMarkKb(long pid) {
        return sumKb(lines(pid, "status"), List.of(HIGH_WATER_MARK));
    }

    /** Returns what it has resident. */
    static long residentKb(long pid) {
        return sumKb(lines(pid, "status"), List.of(RESIDENT));
    }

    /** Returns what it has resident and shares with no other process: what would be free if it ended. */
    static long privateKb(long pid) {
        return sumKb(lines(pid, "smaps_rollup"), PRIVATE);
    }

    /** Sums the lines with these names. */
    static long sumKb(List<String> lines, List<String> names) {
        return lines.stream()
                .filter(line -> names.stream().anyMatch(line::startsWith))
                .mapToLong(line -> Long.parseLong(
                        line.substring(line.indexOf(':') + 1).replace("kB", "").strip()))
                .sum();
    }

    private static List<String> lines(long pid, String file) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            return List.of(); // it has ended
        }
    }
}
