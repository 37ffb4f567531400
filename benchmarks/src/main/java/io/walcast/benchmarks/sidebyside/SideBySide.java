// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.postgres.PostgresException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The program {@code benchmarks/side-by-side}. */
@Command(
        name = "side-by-side",
        description = "Runs PostgreSQL's own programs and ours in turn on the same work and compares what each took.",
        subcommands = {
            ReceiveCommand.class,
            SendCommand.class,
            FanoutCommand.class,
            GrpcCommand.class,
            SyncCommand.class,
            VerifyCommand.class
        },
        synopsisSubcommandLabel = "receive|send|fanout|grpc|sync|verify")
public final class SideBySide {
    /** Exit code when a program that is needed is not here, or the place is not fit: EX_UNAVAILABLE. */
    static final int UNAVAILABLE = 69;
    /** Exit code when a program failed, or did not do the work it was measured at: EX_SOFTWARE. */
    static final int FAILED = 70;

    private SideBySide() {}

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new SideBySide())
                .registerConverter(ByteSize.class, ByteSize::parse)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("side-by-side: " + explain(failure));
                    return failure instanceof UnavailableException ? UNAVAILABLE : FAILED;
                });
        addHelp(commandLine.getCommandSpec());
        commandLine.getSubcommands().values().forEach(subcommand -> addHelp(subcommand.getCommandSpec()));
        return commandLine;
    }

    private static void addHelp(CommandSpec command) {
        command.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this help and exit")
                .build());
    }

    private static String explain(Exception failure) {
        String message = failure.getMessage();
        boolean onPurpose = failure instanceof UnavailableException
                || failure instanceof MeasurementException
                || failure instanceof PostgresException;
        return onPurpose && message != null ? message : failure.toString();
    }
}
