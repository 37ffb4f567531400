// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The CPU, user and system, that a process has taken so far, as the kernel keeps it ({@code /proc/PID/stat}) to a hundredth
 * of a second.
 *
 * @param ownS seconds of the process itself, with all its threads, ended ones too
 * @param endedChildrenS seconds of its children that have ended and were waited for, and theirs
 */
record ProcessTimes(double ownS, double endedChildrenS) {
    /** What the kernel shows to programs, whatever it counts in itself. */
    private static final double TICKS_PER_S = 100;

    // In the fields after the name, which is in brackets and may hold anything.
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    static ProcessTimes of(long pid) {
        try {
            return parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProcessTimes parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return new ProcessTimes(
                seconds(fields[USER], fields[SYSTEM]), seconds(fields[CHILDREN_USER], fields[CHILDREN_SYSTEM]));
    }

    private static double seconds(String user, String system) {
        return (Long.parseLong(user) + Long.parseLong(system)) / TICKS_PER_S;
    }
}
