// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code walcast cds}: makes the class-data archive that the start script looks for. */
@Command(
        name = "cds",
        description = "Make every later start on this Java twice as fast.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "64:the command line cannot be used",
            "70:an internal error: please report it",
            "75:the file cannot be written"
        },
        footer = {
            "",
            "Java keeps what it knows of the program's classes in a file, a class-data",
            "archive, which fits this Java and these jars only; with others it is passed",
            "over. Run this after installing Walcast or another Java, as whoever owns the",
            "installation. The environment variable WALCAST_CDS names another file to use,",
            "or says off."
        })
final class CdsCommand implements Callable<Integer> {
    /** What takes two seconds has failed after this long, whatever else the machine does. */
    private static final long LIMIT_S = 120;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "the file to write (default: the one that walcast uses)")
    private @Nullable Path file;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        Path archive = file == null ? used() : file;
        if (archive == null) {
            err.println("walcast cds: error: no FILE is named, and none is in use");
            return ExitCodes.USAGE;
        }
        try {
            return make(archive.toAbsolutePath(), err);
        } catch (IOException e) {
            err.println("walcast cds: error: could not write \"" + archive + "\": " + e);
            return ExitCodes.TEMPORARY;
        }
    }

    private static @Nullable Path used() {
        String used = System.getProperty("walcast.cds", "off");
        return used.equals("off") ? null : Path.of(used);
    }

    private int make(Path archive, PrintWriter err) throws IOException, InterruptedException {
        Path temporary = archive.resolveSibling(
                archive.getFileName() + ".new" + ProcessHandle.current().pid());
        Path folder = Files.createTempDirectory("walcast-cds");
        try {
            Files.deleteIfExists(Files.createFile(temporary));
            Path log = folder.resolve("log");
            Process process = new ProcessBuilder(command(temporary, Files.createDirectory(folder.resolve("work"))))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            if (!ended || process.exitValue() != 0 || !Files.exists(temporary)) {
                err.println("walcast cds: error: the training has failed");
                err.print(Files.readString(log, StandardCharsets.UTF_8));
                return ExitCodes.INTERNAL;
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, archive, StandardCopyOption.ATOMIC_MOVE);
            return ExitCodes.OK;
        } finally {
            Files.deleteIfExists(temporary);
            delete(folder);
        }
    }

    /** Returns this program's own command line, with another class and another archive. */
    private static List<String> command(Path archive, Path work) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!argument.startsWith("-XX:SharedArchiveFile=")) {
                command.add(argument);
            }
        }
        command.add("-XX:ArchiveClassesAtExit=" + archive);
        command.add("-cp");
        command.add(classPath());
        command.add(Training.class.getName());
        command.add(work.toString());
        return command;
    }

    /** Returns what every start has on its class path: the distribution's own jars, not what a caller put behind them. */
    private static String classPath() {
        String lib = Path.of(System.getProperty("walcast.home", ""), "lib") + File.separator;
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.startsWith(lib))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
