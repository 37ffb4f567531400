// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.auth.AccessFiles;
import io.walcast.auth.ScramVerifier;
import io.walcast.auth.UserEntry;
import io.walcast.postmaster.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddUserCommandTest {
    private static final String PASSWORD = "CANARY-7f3a";

    @TempDir
    private Path directory;

    private Path passwordFile = Path.of("");

    @BeforeEach
    void makeNode() throws IOException {
        passwordFile = Files.writeString(directory.resolve("password"), PASSWORD + "\nrest\n");
        assertThat(CommandRun.init("-D", directory.resolve("node").toString()).exitCode())
                .isZero();
    }

    @Test
    void keepsAVerifierAndNotThePassword() throws IOException {
        CommandRun run = add("alice", "--password-file", passwordFile.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        UserEntry user = user("alice");
        ScramVerifier verifier = requireNonNull(user.verifier());
        assertThat(user.replication()).isTrue();
        assertThat(verifier.salt()).hasSize(16);
        assertThat(verifier.iterations()).isEqualTo(4096);
        assertThat(ScramVerifier.derive(PASSWORD.toCharArray(), verifier.salt(), 4096)
                        .stored())
                .isEqualTo(verifier.stored());
        assertThat(node().resolve("users")).content().doesNotContain(PASSWORD).contains("# Users of this node");
        assertThat(run.out()).doesNotContain(PASSWORD).contains("user \"alice\" is in ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(node().resolve("users"))))
                .isEqualTo("rw-------");
    }

    @Test
    void preparesThePasswordAsClientsDo() throws IOException {
        Files.writeString(passwordFile, "I\u00adX\u00a0\u2168\n"); // soft hyphen, hard space, roman nine

        add("alice", "--password-file", passwordFile.toString());

        ScramVerifier verifier = requireNonNull(user("alice").verifier());
        assertThat(ScramVerifier.derive("IX IX".toCharArray(), verifier.salt(), 4096)
                        .stored())
                .isEqualTo(verifier.stored());
    }

    @Test
    void takesTheRoundsFromTheSettings() throws IOException {
        Files.writeString(node().resolve("walcast.conf"), "scram_iterations = 5000\n");

        add("alice", "--password-file", passwordFile.toString());

        assertThat(requireNonNull(user("alice").verifier()).iterations()).isEqualTo(5000);
    }

    @Test
    void addsAUserWithoutPasswordOrReplication() {
        assertThat(add("alice", "--no-password", "--no-replication").exitCode()).isZero();

        assertThat(user("alice")).isEqualTo(new UserEntry("alice", null, false));
    }

    @Test
    void changesAUserOnlyWhenToldTo() {
        add("alice", "--no-password");

        CommandRun again = add("alice", "--no-password", "--no-replication");
        assertThat(again.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(again.err()).isEqualTo("adduser: error: user \"alice\" already exists (--replace changes it)\n");
        assertThat(user("alice").replication()).isTrue();

        assertThat(add("alice", "--no-password", "--no-replication", "--replace")
                        .exitCode())
                .isZero();
        assertThat(user("alice").replication()).isFalse();
    }

    @Test
    void refusesWhatCannotBe() throws IOException {
        Files.writeString(passwordFile, "\n");
        Path missing = directory.resolve("missing");

        assertThat(add("", "--no-password").err()).contains("invalid user name");
        assertThat(add("a\nb", "--no-password").err()).contains("invalid user name");
        assertThat(add("a", "--password-file", passwordFile.toString()).err())
                .contains("empty string is not a valid password");
        assertThat(add("a", "--password-file", missing.toString()).err())
                .contains("could not open \"" + missing + "\": No such file or directory");
        assertThat(add("a", "--no-password", "--password-file", passwordFile.toString())
                        .err())
                .contains("cannot be used together");
        assertThat(CommandRun.addUser("-D", directory.toString(), "a", "--no-password")
                        .err())
                .contains("(walcast init -D " + directory + " makes it)");
        assertThat(AccessFiles.users(node()).find("a")).isNull();
    }

    @Test
    void refusesAFileThatOthersCanRead() throws IOException {
        Files.setPosixFilePermissions(node().resolve("users"), PosixFilePermissions.fromString("rw-r--r--"));

        CommandRun run = add("alice", "--no-password");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("group or world access");
    }

    private CommandRun add(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("-D", node().toString(), name));
        arguments.addAll(List.of(options));
        return CommandRun.addUser(arguments.toArray(String[]::new));
    }

    private UserEntry user(String name) {
        return requireNonNull(AccessFiles.users(node()).find(name));
    }

    private Path node() {
        return directory.resolve("node");
    }
}
