// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

/** The {@code walcast} program. */
public final class Walcast {
    private Walcast() {}

    /** Runs it and ends the process with its exit code. */
    public static void main(String[] arguments) {
        JavaUtilLogging.install();
        System.exit(WalcastCommand.run(ProgramName.current(), arguments));
    }
}
