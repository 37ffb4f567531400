// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * What the tour says, on standard output: numbered steps and what they showed.
 *
 * <p>Threading: one caller.
 */
final class Narration {
    private final PrintWriter out;
    private final long startNs = System.nanoTime();
    private int steps;

    Narration(PrintWriter out) {
        this.out = out;
    }

    /** Begins a step. */
    @FormatMethod
    void step(String format, Object... arguments) {
        steps++;
        out.println();
        line(steps + ". ", format, arguments);
    }

    /** Says something within a step. */
    @FormatMethod
    void say(String format, Object... arguments) {
        line("   ", format, arguments);
    }

    /** Says something outside of the steps. */
    @FormatMethod
    void plain(String format, Object... arguments) {
        line("", format, arguments);
    }

    private void line(String indent, String format, Object... arguments) {
        out.println(indent + String.format(Locale.ROOT, format, arguments));
        out.flush();
    }

    /** Returns the seconds since the tour began. */
    double elapsedSeconds() {
        return secondsSince(startNs);
    }

    /** Returns the seconds since {@code nanoTime}. */
    static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }
}
