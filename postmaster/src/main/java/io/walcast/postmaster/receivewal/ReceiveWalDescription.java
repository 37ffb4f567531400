// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.ProgramName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of {@code walcast receivewal} in the form the other commands have theirs: for manual page and completion. */
final class ReceiveWalDescription {
    private ReceiveWalDescription() {}

    static CommandSpec of(ProgramName name, String word, String summary) {
        CommandSpec spec = CommandSpec.create().name(name.isPgReceivewal() ? name.command() : word);
        Arrays.stream(ReceiveWalOption.values())
                .map(ReceiveWalDescription::option)
                .forEach(spec::addOption);
        spec.usageMessage()
                .description(summary)
                .abbreviateSynopsis(true)
                .exitCodeList(exitCodes(name))
                .footer(ReceiveWalHelp.SIGNALS);
        return spec;
    }

    private static OptionSpec option(ReceiveWalOption option) {
        String[] synopsis = option.synopsis().strip().split("=", 2);
        OptionSpec.Builder builder = OptionSpec.builder(synopsis[0].split(", ")).description(option.description());
        return synopsis.length == 1
                ? builder.arity("0").build()
                : builder.arity("1").paramLabel(synopsis[1]).type(String.class).build();
    }

    private static Map<String, String> exitCodes(ProgramName name) {
        Map<String, String> codes = new LinkedHashMap<>();
        if (name.isPgReceivewal()) {
            codes.put("0", "done, or stopped on request");
            codes.put("1", "any error");
        } else {
            ExitCodes.meanings().forEach((code, meaning) -> codes.put(code.toString(), meaning));
        }
        return codes;
    }
}
