// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.ToolPath;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The programs a comparison needs.
 *
 * @param theirs {@code pg_receivewal}
 * @param ours {@code walcast receivewal}
 * @param strace {@code strace}
 */
record Programs(Receiver theirs, Receiver ours, Path strace) {
    private static final int MAJOR = 15;

    static Programs find(Path walcast) {
        requireWalcast(walcast);
        return new Programs(pgReceivewal(), receivewal(walcast), tool("strace", "strace"));
    }

    /** Checks that our program is there. */
    static void requireWalcast(Path walcast) {
        if (!Files.isExecutable(walcast)) {
            throw new UnavailableException(
                    walcast + ": no program (expected: the distribution that ./mvnw package makes)");
        }
    }

    static Receiver receivewal(Path walcast) {
        return new Receiver("walcast", List.of(walcast.toAbsolutePath().toString(), "receivewal"));
    }

    static Receiver pgReceivewal() {
        return new Receiver(
                "pg_receivewal",
                List.of(tool("pg_receivewal", "postgresql-client-15").toString()));
    }

    static Path pgWaldump() {
        return tool("pg_waldump", "postgresql-15");
    }

    /** Returns the server's programs: Debian's, as pg_receivewal is, else those the build has fetched. */
    static PostgresBinaries server() {
        return ToolPath.ofEnvironment()
                .find("postgres")
                .map(postgres -> postgres.toAbsolutePath().resolveSibling("..").normalize())
                .filter(home -> home.endsWith(Integer.toString(MAJOR)))
                .map(home -> new PostgresBinaries(home, MAJOR))
                .orElseGet(Programs::fetchedServer);
    }

    private static PostgresBinaries fetchedServer() {
        try {
            return PostgresBinaries.forMajor(MAJOR);
        } catch (PostgresException e) {
            throw new UnavailableException(
                    "PostgreSQL 15: none found (expected: Debian's postgresql-15; %s)".formatted(e.getMessage()));
        }
    }

    private static Path tool(String name, String debianPackage) {
        return ToolPath.ofEnvironment()
                .find(name)
                .orElseThrow(() -> new UnavailableException(
                        "%s: not found (expected: Debian's package %s)".formatted(name, debianPackage)));
    }
}
