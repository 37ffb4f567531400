// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The walcast program, as the build leaves it in the distribution folder. */
final class Program {
    /** A program that is watched is slow, above all on a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Path FILE = Path.of("postmaster", "target", "walcast", "bin", "walcast");

    private Program() {}

    /** Starts {@code walcast receivewal} with what listens on {@code port} as its server. */
    static Tool.Running receivewal(int port, Path directory, String... options) {
        return tool(file()).start(arguments(port, directory, options).toArray(String[]::new));
    }

    /** Runs the same to its end under {@code watcher}, a program that takes the command after its own arguments. */
    static Tool.Result receivewalUnder(
            String watcher, List<String> watcherArguments, int port, Path directory, String... options) {
        List<String> arguments = new ArrayList<>(watcherArguments);
        arguments.add(file().toAbsolutePath().toString());
        arguments.addAll(arguments(port, directory, options));
        return tool(Tool.require(watcher).program()).run(PATIENCE, arguments.toArray(String[]::new));
    }

    private static List<String> arguments(int port, Path directory, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("receivewal", "-D", directory.toString(), "-d", Receiving.conninfo(port)));
        arguments.addAll(List.of(options));
        return arguments;
    }

    private static Path file() {
        return Path.of(System.getProperty("walcast.root", "..")).resolve(FILE);
    }

    private static Tool tool(Path program) {
        return Tool.of(program).withEnvironment("JAVA_HOME", System.getProperty("java.home"));
    }
}
