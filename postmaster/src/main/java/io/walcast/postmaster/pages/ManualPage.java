// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.pages;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command, in the macros of {@code man(7)}.
 *
 * @param spec the command
 * @param version what the page is of
 */
record ManualPage(CommandSpec spec, String version) {
    ManualPage {
        requireNonNull(spec, "spec");
        requireNonNull(version, "version");
    }

    /** Returns the name of the page: {@code walcast-serve}. */
    String name() {
        return spec.qualifiedName("-");
    }

    /** Returns the source. */
    String text() {
        StringBuilder page = new StringBuilder(".\\\" SPDX-License-Identifier: Apache-2.0\n");
        page.append(".TH %s 1 \"\" \"%s\" \"Walcast\"%n".formatted(name().toUpperCase(Locale.ROOT), version));
        section(page, "NAME", List.of(name() + " - " + summary()));
        page.append(".SH SYNOPSIS\n.nf\n");
        page.append(escape(new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0)));
        page.append(".fi\n");
        section(page, "DESCRIPTION", paragraphs(spec.usageMessage().description()));
        commands(page);
        options(page);
        exitCodes(page);
        section(page, "NOTES", paragraphs(spec.usageMessage().footer()));
        CommandSpec parent = spec.parent();
        if (parent != null) {
            section(page, "SEE ALSO", List.of(parent.qualifiedName("-") + "(1)"));
        }
        return page.toString();
    }

    private String summary() {
        String[] description = spec.usageMessage().description();
        String first = description.length == 0
                ? ""
                : plain(description[0]).lines().findFirst().orElse("");
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    private void commands(StringBuilder page) {
        if (!spec.subcommands().isEmpty()) {
            page.append(".SH COMMANDS\n");
            spec.subcommands()
                    .forEach((name, line) -> term(
                            page,
                            "\\fB" + escape(spec.qualifiedName("-") + "-" + name) + "\\fR(1)",
                            new ManualPage(line.getCommandSpec(), version).summary()));
        }
    }

    private void options(StringBuilder page) {
        if (spec.options().isEmpty() && spec.positionalParameters().isEmpty()) {
            return;
        }
        page.append(".SH OPTIONS\n");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            term(page, italic(parameter.paramLabel()), plain(parameter.description()));
        }
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                term(page, heading(option), plain(option.description()));
            }
        }
    }

    private static String heading(OptionSpec option) {
        StringBuilder heading = new StringBuilder();
        for (String name : option.names()) {
            heading.append(heading.isEmpty() ? "" : ", ")
                    .append("\\fB")
                    .append(escape(name))
                    .append("\\fR");
        }
        if (option.arity().max() > 0) {
            String value = "=" + italic(option.paramLabel());
            heading.append(option.arity().min() == 0 ? "[" + value + "]" : value);
        }
        return heading.toString();
    }

    private void exitCodes(StringBuilder page) {
        Map<String, String> codes = spec.usageMessage().exitCodeList();
        if (!codes.isEmpty()) {
            page.append(".SH EXIT STATUS\n");
            codes.forEach((code, meaning) -> term(page, "\\fB" + escape(code) + "\\fR", plain(meaning)));
        }
    }

    private static void term(StringBuilder page, String heading, String text) {
        page.append(".TP\n").append(heading).append('\n').append(escape(text)).append('\n');
    }

    private static void section(StringBuilder page, String title, List<String> paragraphs) {
        if (!paragraphs.isEmpty()) {
            page.append(".SH ").append(title).append('\n');
            page.append(escape(String.join("\n.PP\n", paragraphs))).append('\n');
        }
    }

    /** Joins the lines of paragraphs, which empty lines part. */
    private static List<String> paragraphs(String[] lines) {
        return List.of(plain(lines).strip().split("\n\n+")).stream()
                .filter(paragraph -> !paragraph.isBlank())
                .toList();
    }

    private static String plain(String... lines) {
        return String.join("\n", lines).replace("%n", "\n").replace("%%", "%");
    }

    private static String italic(String label) {
        return "\\fI" + escape(label) + "\\fR";
    }

    /** Returns what is shown as {@code text}; a line that is the macro of a paragraph stays one. */
    private static String escape(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^(['.])(?!PP$)", "\\\\&$1");
    }
}
