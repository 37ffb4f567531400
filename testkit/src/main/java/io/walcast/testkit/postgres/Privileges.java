// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * As whom PostgreSQL's programs run, which refuse to run as root.
 *
 * <p>None of the ways puts a process between us and the server: each ends in an exec, so signals reach the server.
 */
enum Privileges {
    /** We are not root: nothing to do. */
    OWN(""),
    /** In a user namespace without a mapping: root's own files, but not root's name. */
    NAMESPACE("unshare -U"),
    /** As nobody, who is then given the directories to work in. */
    NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups");

    private static final int NOBODY_ID = 65534;

    private final String prefix;

    Privileges(String prefix) {
        this.prefix = prefix;
    }

    /** Returns what this process needs; found out once. */
    static Privileges current() {
        return Probe.RESULT;
    }

    /** Returns the words to put before a program and its arguments. */
    List<String> prefix() {
        return prefix.isEmpty() ? List.of() : List.of(prefix.split(" ", -1));
    }

    /** Makes {@code root} and all below it usable by the programs started so. */
    void handOver(Path root) {
        if (this != NOBODY) {
            return;
        }
        try {
            openAncestors(root);
            give(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives {@code path} and all below it to whom the programs run as. */
    void give(Path path) throws IOException {
        if (this == NOBODY) {
            Files.walkFileTree(path, new ChangeOwner());
        }
    }

    /** Temporary directories are often closed to others: opens those, and only those, for passing through. */
    private static void openAncestors(Path directory) throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        Path ancestor = directory.toRealPath().getParent();
        while (ancestor != null && ancestor.startsWith(temporary) && !ancestor.equals(temporary)) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(ancestor);
            if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
                Files.setPosixFilePermissions(ancestor, permissions);
            }
            ancestor = ancestor.getParent();
        }
    }

    private static final class ChangeOwner extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            return visitFile(directory, attributes);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.setAttribute(file, "unix:uid", NOBODY_ID, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:gid", NOBODY_ID, LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
        }
    }

    private static final class Probe {
        private static final Privileges RESULT = probe();

        private static Privileges probe() {
            if (!isRoot()) {
                return OWN;
            }
            return works(NAMESPACE) ? NAMESPACE : NOBODY;
        }

        private static boolean isRoot() {
            try {
                return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            } catch (IOException | UnsupportedOperationException e) {
                return "root".equals(System.getProperty("user.name"));
            }
        }

        private static boolean works(Privileges candidate) {
            try {
                Process process = new ProcessBuilder(Commands.of(candidate.prefix(), "true"))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                boolean ended = process.waitFor(10, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly();
                }
                return ended && process.exitValue() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
