// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.postmaster.init.AddUserCommand;
import io.walcast.postmaster.init.InitCommand;
import io.walcast.postmaster.receivewal.ReceiveWal;
import io.walcast.postmaster.serve.ServeCommand;
import io.walcast.postmaster.status.StatusCommand;
import io.walcast.postmaster.verifywal.VerifyWalCommand;
import io.walcast.postmaster.waldump.WalDump;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code walcast}: picks the subcommand. */
@Command(
        name = "walcast",
        description = "PostgreSQL's replication subsystem for the JVM.",
        mixinStandardHelpOptions = true,
        versionProvider = WalcastVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AddUserCommand.class,
            CdsCommand.class,
            InitCommand.class,
            ServeCommand.class,
            StatusCommand.class,
            TransportsCommand.class,
            VerifyWalCommand.class
        },
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        footer = {
            "",
            "walcast COMMAND --help tells more. Started under the name pg_receivewal, it behaves as that program."
        })
final class WalcastCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    /** Runs the program and returns its exit code. */
    static int run(ProgramName name, String... arguments) {
        List<WalcastSubcommand> subcommands = new ArrayList<>(ownSubcommands(name));
        List<String> words = new ArrayList<>(List.of(arguments));
        if (name.isPgReceivewal()) {
            words.add(0, subcommands.get(0).name());
        } else {
            ServiceLoader.load(WalcastSubcommand.class).forEach(subcommands::add);
        }
        return commandLine(subcommands).execute(words.toArray(String[]::new));
    }

    /** Returns the built-in subcommands that read their own arguments, {@code receivewal} first. */
    static List<WalcastSubcommand> ownSubcommands(ProgramName name) {
        return List.of(new ReceiveWal(name), new WalDump());
    }

    /** Returns the command line with the given subcommands besides the built-in ones. */
    static CommandLine commandLine(List<WalcastSubcommand> subcommands) {
        CommandLine walcast = new CommandLine(new WalcastCommand()).setExpandAtFiles(false);
        for (WalcastSubcommand subcommand : subcommands) {
            CommandLine line = new CommandLine(new Delegate(subcommand))
                    .setExpandAtFiles(false)
                    .setUnmatchedOptionsArePositionalParams(true)
                    // No argument can hold this character, so every "--" reaches the subcommand.
                    .setEndOfOptionsDelimiter("\0");
            line.getCommandSpec().usageMessage().description(subcommand.summary());
            walcast.addSubcommand(subcommand.name(), line);
        }
        return walcast.setParameterExceptionHandler(WalcastCommand::refuse);
    }

    private static int refuse(ParameterException e, String... arguments) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        String program = line.getCommandSpec().qualifiedName();
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            err.println(program + ": error: " + e.getMessage());
            line.usage(err);
            return ExitCodes.USAGE;
        }
        err.println(program + ": error: unknown argument \""
                + unmatched.getUnmatched().get(0) + "\"");
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println(program + ": hint: Try \"" + program + " --help\" for more information.");
        }
        return ExitCodes.USAGE;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** Hands all arguments on as they are. */
    @Command
    private static final class Delegate implements Callable<Integer> {
        private final WalcastSubcommand subcommand;

        @Spec
        private CommandSpec spec;

        @Unmatched
        private final List<String> arguments = new ArrayList<>();

        Delegate(WalcastSubcommand subcommand) {
            this.subcommand = subcommand;
        }

        @Override
        public Integer call() {
            CommandLine line = spec.commandLine();
            return subcommand.run(arguments, line.getOut(), line.getErr());
        }
    }
}
