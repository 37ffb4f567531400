// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Subcommands that read their own arguments, in the form the others have: for manual pages and completion. */
final class Described {
    private Described() {}

    static CommandSpec subcommand(WalcastSubcommand subcommand) {
        CommandSpec spec = CommandSpec.create().name(subcommand.name());
        subcommand.options().forEach((written, meaning) -> spec.addOption(option(written, meaning)));
        Map<String, String> codes = new LinkedHashMap<>();
        subcommand.exitCodes().forEach((code, meaning) -> codes.put(code.toString(), meaning));
        spec.usageMessage()
                .description(subcommand.summary())
                .abbreviateSynopsis(true)
                .exitCodeList(codes);
        return spec;
    }

    private static OptionSpec option(String written, String meaning) {
        int value = written.indexOf('=');
        boolean optional = value > 0 && written.charAt(value - 1) == '[';
        String names = value < 0 ? written : written.substring(0, optional ? value - 1 : value);
        OptionSpec.Builder option = OptionSpec.builder(names.split(", ")).description(meaning);
        if (value < 0) {
            return option.arity("0").build();
        }
        String label = written.substring(value + 1, written.length() - (optional ? 1 : 0));
        return option.arity(optional ? "0..1" : "1")
                .paramLabel(label)
                .type(String.class)
                .build();
    }
}
