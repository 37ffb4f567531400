// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of one server below {@code home}: its data directory, its log, and what we write into its configuration. */
final class DataDirectory {
    private static final String CONFIGURATION_FILE = "walcast.conf";
    private static final long INITDB_TIMEOUT_SECONDS = 120;

    private final Path home;
    private final Privileges privileges;

    // Written by the thread that initializes, read by the one that deletes when the JVM ends meanwhile.
    private volatile @Nullable Process initdb;

    DataDirectory(Path home, Privileges privileges) {
        this.home = home;
        this.privileges = privileges;
    }

    Path path() {
        return home.resolve("data");
    }

    Path log() {
        return home.resolve("server.log");
    }

    Path pidFile() {
        return path().resolve("postmaster.pid");
    }

    /** Runs initdb; the superuser gets {@code password}, which matters only where the access rules ask for one. */
    void initialize(PostgresBinaries binaries, PostgresServer.Options options, String password) {
        try {
            Path passwordFile = Files.writeString(home.resolve("password"), password);
            Path output = home.resolve("initdb.log");
            privileges.handOver(home);
            List<String> command = Commands.of(
                    privileges.prefix(),
                    binaries.program("initdb").toString(),
                    "--pgdata=" + path(),
                    "--username=" + PostgresServer.USER,
                    "--pwfile=" + passwordFile,
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync",
                    "--wal-segsize=" + options.segmentMb());
            command.addAll(options.initdb());
            run(command, output);
            Files.delete(passwordFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(List<String> command, Path output) throws IOException {
        Process process = Commands.builder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        initdb = process;
        try {
            if (!process.waitFor(INITDB_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new PostgresException("initdb did not end in time\n" + Files.readString(output));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new PostgresException("interrupted in initdb", e);
        }
        if (process.exitValue() != 0) {
            throw new PostgresException("initdb failed: " + command + "\n" + Files.readString(output));
        }
    }

    /** Writes the whole configuration, in the form of a file that {@code postgresql.conf} includes. */
    void writeConfiguration(Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) ->
                        text.append(name).append(" = '").append(quoted(value)).append("'\n"));
        try {
            Files.writeString(path().resolve(CONFIGURATION_FILE), text);
            Path main = path().resolve("postgresql.conf");
            String include = "include_if_exists '" + CONFIGURATION_FILE + "'";
            if (!Files.readString(main).contains(include)) {
                Files.writeString(main, "\n" + include + "\n", StandardOpenOption.APPEND);
            }
            privileges.give(path().resolve(CONFIGURATION_FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("'", "''");
    }

    void writeAccessRules(List<String> rules) {
        try {
            Path file = path().resolve("pg_hba.conf");
            Files.write(file, rules);
            privileges.give(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the files of {@code tls} to where and as the server wants them. */
    void writeTls(PostgresServer.Tls tls) {
        try {
            copyPrivately(tls.certificate(), "server.crt");
            copyPrivately(tls.key(), "server.key");
            Path authorities = tls.authorities();
            if (authorities != null) {
                copyPrivately(authorities, "root.crt");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyPrivately(Path from, String name) throws IOException {
        Path to = path().resolve(name);
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
        privileges.give(to);
    }

    /** Returns the last lines of the server's log. */
    String logTail(int lines) {
        try {
            if (!Files.exists(log())) {
                return "";
            }
            List<String> all = new ArrayList<>(List.of(logText().split("\n", -1)));
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String logText() throws IOException {
        return new String(Files.readAllBytes(log()), StandardCharsets.UTF_8);
    }

    void delete() {
        Process running = initdb;
        if (running != null && running.isAlive()) {
            Stream.concat(running.descendants(), Stream.of(running.toHandle())).forEach(ProcessHandle::destroyForcibly);
            running.onExit().join();
        }
        try {
            FileTree.delete(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
