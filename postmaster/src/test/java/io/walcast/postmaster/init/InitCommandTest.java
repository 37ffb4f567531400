// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessFiles;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.guc.Settings;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitCommandTest {
    private static final Pattern COMMENTED_DEFAULT = Pattern.compile("(?m)^#([a-z_]+) = ('[^']*'|\\S+)");

    @TempDir
    private Path parent;

    @Test
    void makesANodeOfItsOwnWhereNothingIs() throws IOException {
        Path directory = parent.resolve("node");

        CommandRun run = CommandRun.init("-D", directory.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Next: walcast adduser -D " + directory + " NAME");
        assertThat(contents(directory))
                .containsExactly("pg_hba.conf", "pg_ident.conf", "pg_replslot/", "pg_wal/", "users", "walcast.conf");
        assertThat(NodeDirectory.of(directory).isBare()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000010000000000000001",
                "000000010000000000000001.partial",
                "000000010000000000000001.gz",
                "00000002.history",
                ".walcast/"
            })
    void hidesInADirectoryThatHoldsWal(String name) throws IOException {
        if (name.endsWith("/")) {
            Files.createDirectory(parent.resolve(name));
        } else {
            Files.createFile(parent.resolve(name));
        }

        assertThat(CommandRun.init("-D", parent.toString()).exitCode()).isZero();

        assertThat(contents(parent.resolve(".walcast")))
                .containsExactly("pg_hba.conf", "pg_ident.conf", "pg_replslot/", "users", "walcast.conf");
        assertThat(contents(parent)).contains(name).doesNotContain("walcast.conf", "pg_wal/");
        assertThat(NodeDirectory.of(parent).isBare()).isTrue();
    }

    @Test
    void hidesWhereItIsToldTo() throws IOException {
        assertThat(CommandRun.init("-D", parent.toString(), "--bare").exitCode())
                .isZero();

        assertThat(contents(parent)).containsExactly(".walcast/");
    }

    @Test
    void keepsEverythingToItsOwner() throws IOException {
        Path directory = parent.resolve("node");

        CommandRun.init("-D", directory.toString(), "--tls");

        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .as(path.toString())
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void writesFilesThatCanBeUsed() throws IOException {
        CommandRun.init("-D", parent.toString());

        Settings settings = Settings.parse(Files.readString(parent.resolve("walcast.conf")), "walcast.conf");
        AccessRules rules = AccessFiles.load(parent, settings.integer("scram_iterations"));

        assertThat(settings.bool("ssl")).isFalse();
        assertThat(method(rules, "127.0.0.1", false)).isEqualTo(AuthMethod.SCRAM_SHA_256);
        assertThat(method(rules, "::1", false)).isEqualTo(AuthMethod.SCRAM_SHA_256);
        assertThat(method(rules, "192.0.2.1", false)).isEqualTo(AuthMethod.REJECT);
        assertThat(method(rules, "192.0.2.1", true)).isEqualTo(AuthMethod.SCRAM_SHA_256);
    }

    @Test
    void believesOnlyThisMachineWhenToldTo() throws IOException {
        CommandRun run = CommandRun.init("-D", parent.toString(), "--auth-host", "trust");

        AccessRules rules = AccessFiles.load(parent, 4096);
        assertThat(run.out()).contains("warning: whoever can connect from this machine is believed");
        assertThat(method(rules, "127.0.0.1", false)).isEqualTo(AuthMethod.TRUST);
        assertThat(method(rules, "192.0.2.1", true)).isEqualTo(AuthMethod.SCRAM_SHA_256);
    }

    @Test
    void commentsOutTheTrueDefaults() throws IOException {
        CommandRun.init("-D", parent.toString());

        String text = Files.readString(parent.resolve("walcast.conf"));
        Matcher matcher = COMMENTED_DEFAULT.matcher(text);
        int settings = 0;
        while (matcher.find()) {
            String line = matcher.group(1) + " = " + matcher.group(2);
            assertThat(Settings.parse(line, "f").show(matcher.group(1)))
                    .as(line)
                    .isEqualTo(Settings.DEFAULTS.show(matcher.group(1)));
            settings++;
        }
        assertThat(settings).isGreaterThan(15);
    }

    @Test
    void switchesTlsOn() throws IOException {
        CommandRun run = CommandRun.init("-D", parent.toString(), "--tls");

        assertThat(run.out()).contains("the certificate is valid for localhost");
        assertThat(contents(parent)).contains("server.crt", "server.key");
        assertThat(Settings.parse(Files.readString(parent.resolve("walcast.conf")), "f")
                        .bool("ssl"))
                .isTrue();
    }

    @Test
    void overwritesNothing() throws IOException {
        Path home = Files.createDirectories(parent.resolve(".walcast"));
        Files.writeString(home.resolve("users"), "mine");

        assertThat(CommandRun.init("-D", parent.toString()).exitCode()).isZero();
        assertThat(home.resolve("users")).content().isEqualTo("mine");
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path home = Files.createDirectories(parent.resolve(".walcast"));
        Files.writeString(home.resolve("server.key"), "mine");

        CommandRun run = CommandRun.init("-D", parent.toString(), "--tls");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("server.key");
        assertThat(contents(home)).containsExactly("server.key");
        assertThat(home.resolve("server.key")).content().isEqualTo("mine");
    }

    @Test
    void refusesANode() {
        CommandRun.init("-D", parent.toString());

        CommandRun run = CommandRun.init("-D", parent.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).isEqualTo("init: error: directory \"" + parent + "\" is a node already\n");
    }

    @Test
    void refusesWhatIsSomebodyElses() throws IOException {
        Files.createFile(parent.resolve("PG_VERSION"));

        CommandRun run = CommandRun.init("-D", parent.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("exists but is not empty");
        assertThat(contents(parent)).containsExactly("PG_VERSION");
    }

    @ParameterizedTest
    @CsvSource({"--auth-host=md5, invalid authentication method", "--auth-host=, invalid authentication method"})
    void refusesOptionsThatCannotBe(String option, String reason) throws IOException {
        CommandRun run = CommandRun.init("-D", parent.toString(), option);

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains(reason);
        assertThat(contents(parent)).isEmpty();
    }

    @Test
    void refusesAFileAndAMissingParent() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));

        assertThat(CommandRun.init("-D", file.toString()).exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(CommandRun.init("-D", parent.resolve("a/b").toString()).exitCode())
                .isEqualTo(ExitCodes.USAGE);
    }

    private static AuthMethod method(AccessRules rules, String address, boolean encrypted) throws IOException {
        AccessDecision decision = rules.decide(new AccessRequest(InetAddress.getByName(address), encrypted, "u", null));
        return decision.method();
    }

    private static List<String> contents(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName() + (Files.isDirectory(path) ? "/" : ""))
                    .sorted()
                    .toList();
        }
    }
}
