// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalSenderTransport;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code walcast transports}: which transports there are. */
@Command(
        name = "transports",
        description = "List the transports that were found, with their API version and what they can do.",
        mixinStandardHelpOptions = true)
final class TransportsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Transports transports = Transports.find(reason -> err.println("walcast transports: warning: " + reason));
        Map<String, String> ends = new TreeMap<>();
        for (WalReceiverTransport receiver : transports.receivers().all()) {
            ends.merge(line(receiver.name(), receiver.apiVersion()), "receives", TransportsCommand::both);
        }
        for (WalSenderTransport sender : transports.senders().all()) {
            ends.merge(line(sender.name(), sender.apiVersion()), "serves", TransportsCommand::both);
        }
        ends.forEach((transport, can) -> out.println(transport + "  " + can));
        return ExitCodes.OK;
    }

    private static String line(String name, int apiVersion) {
        return "%-12s API version %d".formatted(name, apiVersion);
    }

    private static String both(String one, String other) {
        return one + ", " + other;
    }
}
