// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The walcast program, as the build leaves it in the distribution folder. */
final class Program {
    private static final Path FILE = Path.of("postmaster", "target", "walcast", "bin", "walcast");

    private Program() {}

    /** Starts {@code walcast receivewal} with what listens on {@code port} as its server. */
    static Tool.Running receivewal(int port, Path directory, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("receivewal", "-D", directory.toString(), "-d", Receiving.conninfo(port)));
        arguments.addAll(List.of(options));
        return tool().start(arguments.toArray(String[]::new));
    }

    private static Tool tool() {
        Path root = Path.of(System.getProperty("walcast.root", ".."));
        return Tool.of(root.resolve(FILE)).withEnvironment("JAVA_HOME", System.getProperty("java.home"));
    }
}
