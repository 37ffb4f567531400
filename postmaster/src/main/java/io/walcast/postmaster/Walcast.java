// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code walcast} program. */
public final class Walcast {
    private static final ProgramName OWN_NAME = new ProgramName("walcast");
    private static final ProgramName PG_RECEIVEWAL = new ProgramName("pg_receivewal");

    private Walcast() {}

    /** Runs it and ends the process with its exit code. */
    public static void main(String[] arguments) {
        JavaUtilLogging.install();
        System.exit(WalcastCommand.run(ProgramName.current(), arguments));
    }

    /** Returns its own commands with all their options: to be written about, not to be run. */
    public static CommandLine described() {
        CommandLine walcast = WalcastCommand.commandLine(List.of());
        for (WalcastSubcommand subcommand : WalcastCommand.ownSubcommands(OWN_NAME)) {
            walcast.addSubcommand(subcommand.name(), Described.subcommand(subcommand));
        }
        return walcast;
    }

    /** Returns the same of the program under the name {@code pg_receivewal}. */
    public static CommandLine describedAsPgReceivewal() {
        CommandSpec spec = Described.subcommand(
                WalcastCommand.ownSubcommands(PG_RECEIVEWAL).get(0));
        return new CommandLine(spec.name(PG_RECEIVEWAL.argv0()));
    }
}
