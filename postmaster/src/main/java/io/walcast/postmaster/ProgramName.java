// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;

/**
 * The name the program was started by. Started as {@code pg_receivewal} it behaves as that program.
 *
 * @param argv0 the name as it was typed, perhaps with a path
 */
public record ProgramName(String argv0) {
    private static final String PG_RECEIVEWAL = "pg_receivewal";

    public ProgramName {
        requireNonNull(argv0, "argv0");
    }

    /** Returns the name that the launching script passed on. */
    public static ProgramName current() {
        return new ProgramName(System.getProperty("walcast.argv0", "walcast"));
    }

    /** Returns whether to behave as {@code pg_receivewal}, not as {@code walcast}. */
    public boolean isPgReceivewal() {
        return argv0.substring(argv0.lastIndexOf('/') + 1).equals(PG_RECEIVEWAL);
    }

    /** Returns what the user calls the receiving command: the name before every message. */
    public String command() {
        return isPgReceivewal() ? PG_RECEIVEWAL : "walcast receivewal";
    }

    /** Returns what stands before getopt's complaints. */
    public String complaintName() {
        return isPgReceivewal() ? argv0 : command();
    }
}
