// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.NodeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code walcast status}: what the process that serves a directory tells of itself. */
@Command(
        name = "status",
        description = "Show who is connected to the server of a directory, and its slots.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:a server is running",
            "3:no server is running",
            "64:the command line cannot be used",
            "75:the server is there, but has said nothing for ten seconds"
        })
public final class StatusCommand implements Callable<Integer> {
    private static final Duration FRESH = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-D", "--directory"},
            paramLabel = "DIR",
            required = true,
            description = "the directory that is served")
    private Path directory;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json")
    private Format format = Format.text;

    /** How to print it; the names are what the user types. */
    enum Format {
        text,
        json
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        NodeDirectory node = NodeDirectory.of(directory);
        if (!Files.isDirectory(directory)) {
            err.println(
                    "walcast status: error: could not open directory \"" + directory + "\": No such file or directory");
            return ExitCodes.USAGE;
        }
        Optional<String> text = new StatusFile(node.home()).text();
        if (text.isEmpty()) {
            err.println("walcast status: no server is running for \"" + directory + "\"");
            return ExitCodes.NOT_RUNNING;
        }
        if (!(Json.read(text.get()) instanceof Map<?, ?> status)) {
            throw new IOException(node.home() + ": status.json holds no object");
        }
        int code = judge(status, err);
        if (code != ExitCodes.NOT_RUNNING) {
            print(status, text.get());
        }
        return code;
    }

    private int judge(Map<?, ?> status, PrintWriter err) {
        Duration age = age(status);
        if (age.compareTo(FRESH) < 0) {
            return ExitCodes.OK;
        }
        String pid = String.valueOf(status.get("pid"));
        boolean alive = status.get("pid") instanceof Long number
                && ProcessHandle.of(number).map(ProcessHandle::isAlive).orElse(false);
        if (alive) {
            err.println("walcast status: warning: the server (PID " + pid + ") has said nothing for " + age.toSeconds()
                    + " s");
            return ExitCodes.TEMPORARY;
        }
        err.println("walcast status: no server is running for \"" + directory + "\"; the last one (PID " + pid
                + ") ended without cleaning up " + age.toSeconds() + " s ago or later");
        return ExitCodes.NOT_RUNNING;
    }

    private static Duration age(Map<?, ?> status) {
        try {
            return Duration.between(Instant.parse(String.valueOf(status.get("written_at"))), Instant.now());
        } catch (DateTimeParseException e) {
            return FRESH;
        }
    }

    private void print(Map<?, ?> status, String json) {
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.print(json);
            out.flush();
            return;
        }
        out.println("walcast " + status.get("version") + ", PID " + status.get("pid") + ", " + status.get("state")
                + " since " + status.get("started_at"));
        out.println("listening on " + listeners(status.get("listeners")));
        Object position = status.get("flushed_lsn");
        out.println(
                position == null
                        ? "no WAL yet"
                        : "timeline " + status.get("timeline") + ", WAL up to " + position + ", system identifier "
                                + status.get("system_identifier") + ", PostgreSQL " + status.get("server_version"));
        for (String view : List.of("pg_stat_wal_receiver", "pg_stat_replication", "pg_replication_slots")) {
            List<Map<?, ?>> rows = rows(status.get(view));
            if (!rows.isEmpty()) {
                out.println();
                out.println(view + " (" + rows.size() + (rows.size() == 1 ? " row)" : " rows)"));
                Table.lines(rows).forEach(out::println);
            }
        }
        out.flush();
    }

    private static String listeners(@Nullable Object listeners) {
        List<String> shown = new ArrayList<>();
        for (Map<?, ?> listener : rows(listeners)) {
            shown.add(listener.get("address") + " port " + listener.get("port") + " (" + listener.get("scheme") + ")");
        }
        return shown.isEmpty() ? "nothing" : String.join(", ", shown);
    }

    private static List<Map<?, ?>> rows(@Nullable Object rows) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (rows instanceof List<?> list) {
            for (Object row : list) {
                if (row instanceof Map<?, ?> map) {
                    maps.add(map);
                }
            }
        } else if (rows instanceof Map<?, ?> map) {
            maps.add(map);
        }
        return maps;
    }
}
