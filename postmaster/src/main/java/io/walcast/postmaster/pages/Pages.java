// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.pages;

import io.walcast.postmaster.Walcast;
import io.walcast.postmaster.WalcastVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Writes the manual pages and the completion for bash into a folder: {@code share/man/man1} and {@code completion}. */
public final class Pages {
    private final Path folder;

    private Pages(Path folder) {
        this.folder = folder;
    }

    /** Writes them into the folder that the argument names. */
    public static void main(String[] arguments) throws IOException {
        Pages pages = new Pages(Path.of(arguments[0]));
        for (CommandLine program : new CommandLine[] {Walcast.described(), Walcast.describedAsPgReceivewal()}) {
            pages.completion(program);
            pages.manual(program.getCommandSpec());
        }
    }

    private void completion(CommandLine program) throws IOException {
        write("completion/" + program.getCommandName() + ".bash", AutoComplete.bash(program.getCommandName(), program));
    }

    private void manual(CommandSpec spec) throws IOException {
        ManualPage page = new ManualPage(spec, "walcast " + WalcastVersion.walcast());
        write("share/man/man1/" + page.name() + ".1", page.text());
        for (CommandLine subcommand : spec.subcommands().values()) {
            manual(subcommand.getCommandSpec());
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(folder.resolve(name.substring(0, name.lastIndexOf('/'))));
        Files.writeString(file, text);
    }
}
