// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The archive file that the build leaves, unpacked where nobody has been before. */
@Timeout(300)
class DistributionIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String JAVA_HOME = requireNonNull(System.getProperty("java.home"));

    @TempDir
    private static Path folder;

    private static Path home;

    @BeforeAll
    static void unpack() throws IOException {
        Path blanks = Files.createDirectory(folder.resolve("two words"));
        run("tar", "-xzf", tar().toString(), "-C", blanks.toString());
        try (Stream<Path> unpacked = Files.list(blanks)) {
            home = unpacked.findFirst().orElseThrow();
        }
        assertThat(home.getFileName()).hasToString("walcast-" + WalcastVersion.walcast());
    }

    private static Path tar() {
        return CopiedDistribution.root().resolve("postmaster/target/walcast-" + WalcastVersion.walcast() + ".tar.gz");
    }

    /** Runs a program of the machine, which succeeds and complains of nothing. */
    private static String run(String... command) {
        String[] arguments = List.of(command).subList(1, command.length).toArray(String[]::new);
        Result result = Tool.of(program(command[0])).run(TIMEOUT, arguments);
        assertThat(result.stderr()).isEmpty();
        return result.requireSuccess().stdout();
    }

    private static Path program(String name) {
        return Stream.of("/bin", "/usr/bin")
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    /** Runs the program {@code name} of the distribution below {@code place}, which succeeds and complains of nothing. */
    private static String start(Path place, String name, String... arguments) {
        Result result = Tool.of(place.resolve("bin").resolve(name))
                .withEnvironment("JAVA_HOME", JAVA_HOME)
                .run(TIMEOUT, arguments);
        assertThat(result.stderr()).isEmpty();
        return result.requireSuccess().stdout();
    }

    static Stream<String> commands() {
        return Walcast.described().getSubcommands().keySet().stream();
    }

    @Test
    void tellsOfItself() {
        assertThat(start(home, "walcast", "--version")).isEqualTo("walcast " + WalcastVersion.walcast() + "\n");
        assertThat(start(home, "walcast", "--help")).startsWith("Usage: walcast ");
        assertThat(start(home, "pg_receivewal", "--version")).startsWith("pg_receivewal (PostgreSQL) ");
        assertThat(start(home, "walcast", "transports")).contains("libpq", "grpc");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpsAndHasAManualPage(String command) throws IOException {
        assertThat(start(home, "walcast", command, "--help")).containsIgnoringCase("usage:");
        assertThat(Files.readString(manual("walcast-" + command)))
                .contains(".SH NAME\nwalcast\\-" + command + " \\- ", "\\-\\-")
                .contains("walcast " + command);
        assertThat(Files.readString(manual("walcast"))).contains("walcast\\-" + command + "\\fR(1)");
    }

    private static Path manual(String name) {
        return home.resolve("share/man/man1/" + name + ".1");
    }

    @Test
    void worksFromAnywhere() throws IOException {
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("wal"), home.resolve("bin/walcast"));
        Files.createSymbolicLink(links.resolve("pg_receivewal"), Path.of("wal"));
        Path commands = Files.createDirectory(folder.resolve("commands"));
        Files.createSymbolicLink(commands.resolve("bin"), home.resolve("bin"));

        assertThat(run("env", "-i", "PATH=/usr/bin:/bin", "JAVA_HOME=" + JAVA_HOME, links + "/wal", "--version"))
                .startsWith("walcast ");
        assertThat(run("env", "-i", "PATH=/bin:/usr/bin:" + JAVA_HOME + "/bin", links + "/pg_receivewal", "--version"))
                .startsWith("pg_receivewal (PostgreSQL) ");
        assertThat(start(commands, "walcast", "--version")).startsWith("walcast ");
        assertThat(run("env", "-C", home + "/bin", "JAVA_HOME=" + JAVA_HOME, "CDPATH=/:..", "sh", "walcast", "-V"))
                .startsWith("walcast ");
    }

    @Test
    void startsFasterOnceItWasTrainedAndTheSameWithAnythingThatIsNoArchive() throws IOException {
        // Java 17 archives no classes below a folder whose name needs quoting in a URL.
        Path place = folder.resolve("place");
        run("cp", "-R", "-p", home.toString(), place.toString());
        Path archive = folder.resolve("classes.jsa");
        start(place, "walcast", "cds", archive.toString());
        assertThat(archive).isNotEmptyFile();

        assertThat(loaded(place, "-Xshare:on", archive)).contains("shared objects file (top)");
        assertThat(loaded(place, "-Xmx64m", archive)).contains("shared objects file (top)");
        Path damaged = Files.copy(archive, folder.resolve("damaged.jsa"));
        Files.write(damaged, "no archive".getBytes(StandardCharsets.US_ASCII));
        assertThat(help(place, damaged.toString())).isEqualTo(help(place, archive.toString()));
        Files.write(place.resolve("lib/a.jar"), new byte[0]);
        assertThat(help(place, archive.toString())).startsWith("Usage: walcast ");
        assertThat(help(home, archive.toString())).startsWith("Usage: walcast ");
        assertThat(help(home, "off")).startsWith("Usage: walcast ");
    }

    private static String help(Path place, String archive) {
        return run("env", "JAVA_HOME=" + JAVA_HOME, "WALCAST_CDS=" + archive, place + "/bin/walcast", "--help");
    }

    private static String loaded(Path place, String option, Path archive) {
        String options = "WALCAST_OPTS=-Xlog:class+load:stdout " + option;
        return run("env", "JAVA_HOME=" + JAVA_HOME, options, "WALCAST_CDS=" + archive, place + "/bin/walcast", "-V")
                .lines()
                .filter(line -> line.contains(WalcastCommand.class.getName() + " "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void completesCommandsAndOptions() {
        assertThat(complete("walcast", "rec")).isEqualTo("receivewal");
        assertThat(complete("walcast", "receivewal", "--sync")).isEqualTo("--synchronous");
        assertThat(complete("walcast", "serve", "--li")).isEqualTo("--listen");
        assertThat(complete("pg_receivewal", "--if")).isEqualTo("--if-not-exists");
    }

    private static String complete(String... words) {
        String script = """
                set -e
                compopt() { :; }
                . "$1"
                shift
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                function=$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
                "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                echo "${COMPREPLY[*]}"
                """;
        Path completion = home.resolve("completion/" + words[0] + ".bash");
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash", completion.toString()));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new)).strip();
    }

    @Test
    void namesEveryJarItHoldsAndNoOther() throws IOException {
        List<String> named = Files.readString(home.resolve("NOTICE"))
                .lines()
                .filter(line -> line.matches("  \\S.*"))
                .map(line -> line.strip().split(" ")[0])
                .toList();
        List<String> jars;
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            jars = files.map(file -> file.getFileName().toString()).toList();
        }

        assertThat(jars)
                .filteredOn(jar -> named.stream().noneMatch(jar::startsWith))
                .allMatch(jar -> jar.endsWith("-" + WalcastVersion.walcast() + ".jar"));
        assertThat(named).allMatch(name -> jars.stream().anyMatch(jar -> jar.startsWith(name)));
    }

    @Test
    void hasAUnitThatSystemdUnderstands() throws IOException {
        Path unit = home.resolve("systemd/walcast-receivewal@.service");
        assertThat(Files.readString(unit)).contains("[Service]", "NoNewPrivileges=yes", "ProtectSystem=strict");
        assertThat(Files.readString(unit))
                .contains("ExecStart=/opt/walcast/bin/walcast receivewal -D /var/lib/walcast/%i ");
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        if (Files.isExecutable(analyze)) {
            Path copy = Files.createDirectory(folder.resolve("units")).resolve("walcast-receivewal@vault.service");
            String text = Files.readString(unit);
            Files.writeString(
                    copy,
                    Pattern.compile("/opt/walcast/bin/walcast").matcher(text).replaceFirst("/bin/true"));
            Result verified = Tool.of(analyze).run(TIMEOUT, "verify", "--man=no", copy.toString());
            assertThat(verified.stderr()).doesNotContain("walcast-receivewal");
        }
    }

    @Test
    void commandsAreAllDescribed() {
        CommandLine described = Walcast.described();

        assertThat(described.getSubcommands())
                .containsKeys("receivewal", "serve", "status", "init", "adduser", "transports", "cds");
    }
}
