// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import io.walcast.auth.AccessFiles;
import io.walcast.auth.PrivateFile;
import io.walcast.auth.ScramVerifier;
import io.walcast.auth.UserEntry;
import io.walcast.auth.UsersFile;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.guc.Settings;
import io.walcast.postmaster.NodeDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code walcast adduser}: puts a user with a SCRAM verifier into a node's users file. */
@Command(
        name = "adduser",
        description = "Add a user of a node; the file keeps a SCRAM-SHA-256 verifier, never the password.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "64:the command line or a file cannot be used, or the user is there already",
            "74:the local disk failed",
            "75:the local disk is full, or somebody else is changing the file"
        },
        footer = {
            "",
            "The password is asked for twice on a terminal, else read from the first line",
            "of standard input.",
            "A running server knows the user after SIGHUP."
        })
public final class AddUserCommand implements Callable<Integer> {
    private static final int SALT_BYTES = 16;
    private static final String LOCK = "users.lock";

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-D", "--directory"},
            paramLabel = "DIR",
            required = true,
            description = "the node's directory")
    private Path directory;

    @Parameters(paramLabel = "NAME", description = "the user's name")
    private String name;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "take the password from the first line of FILE (- for standard input)")
    private @Nullable Path passwordFile;

    @Option(names = "--no-password", description = "the user has none: for trust and certificates")
    private boolean noPassword;

    @Option(names = "--no-replication", description = "the user may not replicate")
    private boolean noReplication;

    @Option(names = "--replace", description = "change the user if it is there already")
    private boolean replace;

    @Override
    public Integer call() {
        return new Outcome(spec).of(this::add);
    }

    private void add() throws IOException {
        if (noPassword && passwordFile != null) {
            throw new ConfigurationException("--no-password and --password-file cannot be used together");
        }
        if (!UserEntry.isName(name)) {
            throw new ConfigurationException("invalid user name (expected: 1 to 63 bytes without control characters)");
        }
        NodeDirectory node = NodeDirectory.of(directory);
        Path file = node.home().resolve(UsersFile.FILE_NAME);
        if (!Files.exists(file)) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE,
                    "could not open file \"%s\": No such file or directory (walcast init -D %s makes it)"
                            .formatted(file, directory));
        }
        requireAbsent(node);
        UserEntry user = new UserEntry(name, noPassword ? null : verifier(node), !noReplication);
        try (Closeable lock = new PosixFileSystem().lock(node.home().resolve(LOCK), "walcast adduser")) {
            if (lock == null) {
                throw new ConfigurationException(
                        SqlState.OBJECT_IN_USE, "file \"" + file + "\" is being changed by another process");
            }
            requireAbsent(node);
            PrivateFile.replace(file, UsersFile.replace(AccessFiles.usersText(node.home()), UsersFile.FILE_NAME, user));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("user \"" + name + "\" is in " + file);
        out.flush();
    }

    private void requireAbsent(NodeDirectory node) {
        if (AccessFiles.users(node.home()).find(name) != null && !replace) {
            throw new ConfigurationException(
                    SqlState.DUPLICATE_OBJECT, "user \"" + name + "\" already exists (--replace changes it)");
        }
    }

    private ScramVerifier verifier(NodeDirectory node) throws IOException {
        int iterations = Settings.parse(
                        Files.readString(node.home().resolve(NodeDirectory.SETTINGS)), NodeDirectory.SETTINGS)
                .integer("scram_iterations");
        char[] password = NewPassword.read(name, passwordFile);
        try {
            byte[] salt = new byte[SALT_BYTES];
            new SecureRandom().nextBytes(salt);
            return ScramVerifier.derive(password, salt, iterations);
        } finally {
            Arrays.fill(password, '\0');
        }
    }
}
