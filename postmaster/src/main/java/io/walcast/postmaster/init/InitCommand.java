// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.postmaster.NodeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code walcast init}: makes a node's directory. */
@Command(
        name = "init",
        description = "Make the settings, access rules and directories of a node.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "64:the command line cannot be used, or the directory is in use already",
            "74:the local disk failed",
            "75:the local disk is full"
        },
        footer = {
            "",
            "A directory that is missing or empty becomes a node of its own: settings and",
            "access rules in DIR, WAL in DIR/pg_wal. A directory that holds WAL already",
            "keeps nothing but WAL; what belongs to the node goes into DIR/.walcast.",
            "Nothing that is there is overwritten."
        })
public final class InitCommand implements Callable<Integer> {
    private static final Pattern WAL_FILE =
            Pattern.compile("[0-9A-F]{24}(\\.gz|\\.lz4|\\.zst)?(\\.partial)?|[0-9A-F]{8}\\.history|\\.walcast");

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-D", "--directory"},
            paramLabel = "DIR",
            required = true,
            description = "the directory")
    private Path directory;

    @Option(names = "--bare", description = "DIR holds WAL only, or will: put everything else into DIR/.walcast")
    private boolean bare;

    @Option(
            names = "--auth-host",
            paramLabel = "METHOD",
            defaultValue = "scram-sha-256",
            description = "how connections from this machine prove who they are: scram-sha-256 (default) or trust; "
                    + "those from elsewhere need TLS and SCRAM until pg_hba.conf says otherwise")
    private String authHost;

    @Option(names = "--tls", description = "make a key and a self-signed certificate, and switch TLS on")
    private boolean tls;

    @Override
    public Integer call() {
        return new Outcome(spec).of(this::init);
    }

    private void init() throws IOException {
        if (!authHost.equals("scram-sha-256") && !authHost.equals("trust")) {
            throw new ConfigurationException(
                    "invalid authentication method \"" + authHost + "\" (expected: scram-sha-256 or trust)");
        }
        NodeDirectory node = layout();
        if (Files.exists(node.home().resolve(NodeDirectory.SETTINGS), LinkOption.NOFOLLOW_LINKS)) {
            throw new ConfigurationException(
                    SqlState.DUPLICATE_FILE, "directory \"" + directory + "\" is a node already");
        }
        SelfSignedCertificate certificate = tls ? SelfSignedCertificate.forThisHost() : null;
        new HomeFiles(node).make(authHost, certificate);
        report(node, certificate);
    }

    private NodeDirectory layout() throws IOException {
        List<String> names = names();
        if (bare
                || (names != null
                        && names.stream()
                                .anyMatch(name -> WAL_FILE.matcher(name).matches()))) {
            return NodeDirectory.bare(directory);
        }
        boolean ours = names != null && names.contains(NodeDirectory.SETTINGS);
        if (names != null && !names.isEmpty() && !ours) {
            throw new ConfigurationException(
                    SqlState.DUPLICATE_FILE,
                    "directory \"%s\" exists but is not empty, and what is in it is not WAL; if it will hold WAL, use --bare"
                            .formatted(directory));
        }
        return NodeDirectory.laidOut(directory);
    }

    private @Nullable List<String> names() throws IOException {
        if (!Files.exists(directory)) {
            return null;
        }
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException(SqlState.WRONG_OBJECT_TYPE, "\"" + directory + "\" is not a directory");
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        }
        return names;
    }

    private void report(NodeDirectory node, @Nullable SelfSignedCertificate certificate) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("settings and access rules are in " + node.home() + ", WAL belongs in " + node.wal());
        if (certificate != null) {
            out.println("the certificate is valid for " + String.join(", ", certificate.names()) + " until "
                    + certificate.lastDay() + "; clients verify it with sslrootcert="
                    + node.home().resolve("server.crt"));
        }
        if (authHost.equals("trust")) {
            out.println("warning: whoever can connect from this machine is believed (--auth-host=trust)");
        }
        out.println();
        out.println("Next: walcast adduser -D " + directory + " NAME");
        out.flush();
    }
}
