// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;

import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A copy of the distribution that the build has made, with a folder for plugins of its own. */
final class CopiedDistribution {
    private final Path home;

    private CopiedDistribution(Path home) {
        this.home = home;
    }

    /** Copies it to {@code home}, which does not exist. */
    static CopiedDistribution to(Path home) throws IOException {
        Path original = root().resolve("postmaster/target/walcast");
        for (String folder : new String[] {"bin", "lib", "plugins"}) {
            Path copies = Files.createDirectories(home.resolve(folder));
            try (Stream<Path> files = Files.list(original.resolve(folder))) {
                // An archive of class data is of the place it was made for.
                for (Path file :
                        files.filter(each -> !each.toString().endsWith(".jsa")).toList()) {
                    Files.copy(file, copies.resolve(requireNonNull(file.getFileName())));
                }
            }
        }
        return new CopiedDistribution(home);
    }

    /** Returns the folder of the build's sources. */
    static Path root() {
        return Path.of(requireNonNull(System.getProperty("walcast.root")));
    }

    /** Returns the folder of its plugins. */
    Path plugins() {
        return home.resolve("plugins");
    }

    /** Returns its program. */
    Tool program() {
        return Tool.of(home.resolve("bin/walcast"))
                .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
                .withEnvironment("WALCAST_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m");
    }
}
