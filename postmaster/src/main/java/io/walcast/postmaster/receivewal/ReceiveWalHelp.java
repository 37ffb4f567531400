// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.ProgramName;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The text of {@code walcast receivewal --help}: no line longer than 95 characters, as PostgreSQL's tests demand. */
final class ReceiveWalHelp {
    private static final int COLUMN = 27;

    private ReceiveWalHelp() {}

    static void print(ProgramName name, PrintWriter out) {
        out.println(name.command() + " receives the write-ahead log of a running PostgreSQL and keeps it.");
        out.println();
        out.println("Usage:");
        out.println("  " + name.command() + " [OPTION]...");
        for (ReceiveWalOption.Group group : ReceiveWalOption.Group.values()) {
            out.println();
            out.println(group.heading() + ":");
            options(group).forEach(option -> out.println("  " + line(option.synopsis(), option.description())));
        }
        out.println();
        out.println("Exit codes:");
        if (name.isPgReceivewal()) {
            out.println("  " + line("0", "done, or stopped on request"));
            out.println("  " + line("1", "any error"));
        } else {
            ExitCodes.meanings().forEach((code, meaning) -> out.println("  " + line(code.toString(), meaning)));
        }
        out.println();
        out.println("SIGINT, SIGTERM and SIGHUP end it in good order; a second one ends it at once.");
        out.flush();
    }

    private static List<ReceiveWalOption> options(ReceiveWalOption.Group group) {
        return Arrays.stream(ReceiveWalOption.values())
                .filter(option -> option.group() == group)
                .sorted(Comparator.comparing(ReceiveWalOption::longName))
                .toList();
    }

    private static String line(String left, String right) {
        return left.length() < COLUMN
                ? left + " ".repeat(COLUMN - left.length()) + right
                : left + System.lineSeparator() + " ".repeat(COLUMN + 2) + right;
    }
}
