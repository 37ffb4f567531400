// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.auth.AccessFiles;
import io.walcast.auth.PrivateFile;
import io.walcast.auth.UsersFile;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.postmaster.NodeDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of a node. What is there already stays as it is; what was made is durable at the end, or gone if anything
 * fails.
 */
final class HomeFiles {
    private static final String SLOTS = "pg_replslot";
    private static final String CERTIFICATE = "server.crt";
    private static final String KEY = "server.key";

    private final PosixFileSystem files = new PosixFileSystem();
    private final Deque<Path> made = new ArrayDeque<>();
    private final NodeDirectory node;

    HomeFiles(NodeDirectory node) {
        this.node = node;
    }

    /**
     * Makes directories and files.
     *
     * @param localMethod how connections from this machine prove who they are
     * @param certificate for TLS, null for none
     */
    void make(String localMethod, @Nullable SelfSignedCertificate certificate) throws IOException {
        try {
            directory(node.directory());
            directory(node.wal());
            directory(node.home());
            directory(node.home().resolve(SLOTS));
            file(AccessFiles.HBA, template(AccessFiles.HBA).replace("@METHOD@", localMethod));
            file(AccessFiles.IDENT, template(AccessFiles.IDENT));
            file(UsersFile.FILE_NAME, template(UsersFile.FILE_NAME));
            if (certificate != null) {
                newFile(KEY, certificate.keyPem());
                newFile(CERTIFICATE, certificate.certificatePem());
            }
            // Last: with it the node is there.
            newFile(
                    NodeDirectory.SETTINGS,
                    template(NodeDirectory.SETTINGS)
                            .replace("@SSL@", certificate == null ? "#ssl = off" : "ssl = on  "));
        } catch (IOException | RuntimeException e) {
            undo();
            throw e;
        }
    }

    private void directory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        files.createDirectory(directory, FileMode.OWNER);
        made.push(directory);
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            files.syncDirectory(parent);
        }
    }

    private void file(String name, String text) throws IOException {
        if (!Files.exists(node.home().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            newFile(name, text);
        }
    }

    private void newFile(String name, String text) throws IOException {
        Path file = node.home().resolve(name);
        PrivateFile.create(file, text);
        made.push(file);
    }

    private void undo() {
        for (Path path : made) {
            try {
                files.delete(path);
            } catch (IOException e) {
                return; // somebody else put something there: leave it
            }
        }
    }

    private static String template(String name) throws IOException {
        try (InputStream in = HomeFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource: " + name + " (expected: in the program)");
            }
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
