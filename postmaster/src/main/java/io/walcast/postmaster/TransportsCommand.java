// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.transport.WalReceiverTransport;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code walcast transports}: which transports there are. */
@Command(
        name = "transports",
        description = "List the transports that were found, with their API version.",
        mixinStandardHelpOptions = true)
final class TransportsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        for (WalReceiverTransport transport : Transports.find(
                        reason -> err.println("walcast transports: warning: " + reason))
                .all()) {
            out.printf("%-12s API version %d%n", transport.name(), transport.apiVersion());
        }
        return ExitCodes.OK;
    }
}
