// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what the shell's {@code times} prints: user and system time of the shell, then of its ended children. */
final class ShellTimes {
    private static final int LINES = 2;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final Pattern LINE = Pattern.compile("(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s");

    private ShellTimes() {}

    /** Returns the seconds of CPU, user and system, of the ended children and theirs. */
    static double ofChildren(List<String> output) {
        Matcher matcher = LINE.matcher(output.size() == LINES ? output.get(1).strip() : "");
        if (!matcher.matches()) {
            throw new MeasurementException("times: " + output + " (expected: two lines of 0m0.00s 0m0.00s)");
        }
        return seconds(matcher, 1) + seconds(matcher, 3);
    }

    private static double seconds(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group)) * SECONDS_PER_MINUTE
                + Double.parseDouble(matcher.group(group + 1));
    }
}
