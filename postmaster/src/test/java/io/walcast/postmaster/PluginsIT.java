// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.transport.WalReceiverTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the folder {@code plugins} of a distribution. */
@Timeout(60)
class PluginsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String SERVICE = "META-INF/services/" + WalReceiverTransport.class.getName();
    private static final String CLASS_NAME = "com.example.CarrierPigeon";
    private static final String SOURCE = """
            package com.example;

            import io.walcast.transport.*;

            public final class CarrierPigeon implements WalReceiverTransport {
                public int apiVersion() { return API_VERSION; }
                public String name() { return "pigeon"; }
                public boolean claims(String conninfo) { return conninfo.startsWith("pigeon:"); }
                public void checkConninfo(String conninfo) {}
                public String displayConninfo(String conninfo) { return conninfo; }
                public WalReceiverConnection connect(ConnectOptions options) {
                    throw new io.walcast.core.error.ConnectionException("the pigeon is asleep", null);
                }
            }
            """;

    @TempDir
    private Path folder;

    private Path plugins;

    @BeforeEach
    void copyDistribution() throws IOException {
        Path original = Path.of(requireNonNull(System.getProperty("walcast.root")), "postmaster/target/walcast");
        Path bin = Files.createDirectories(folder.resolve("walcast/bin"));
        Files.copy(original.resolve("bin/walcast"), bin.resolve("walcast"));
        Path lib = Files.createDirectory(folder.resolve("walcast/lib"));
        try (Stream<Path> jars = Files.list(original.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, lib.resolve(requireNonNull(jar.getFileName())));
            }
        }
        plugins = Files.createDirectory(folder.resolve("walcast/plugins"));
        Files.copy(original.resolve("plugins/README.txt"), plugins.resolve("README.txt"));
    }

    @Test
    void areFoundAndUsed() throws IOException {
        writePigeon();

        Result listed = walcast("transports");
        assertThat(listed.stdout()).contains("pigeon       API version 1");
        assertThat(listed.stderr()).isEmpty();
        assertThat(listed.exitCode()).isZero();

        Result used = walcast("receivewal", "-D", folder.toString(), "-d", "pigeon:north");
        assertThat(used.stderr().strip()).isEqualTo("walcast receivewal: error: the pigeon is asleep");
        assertThat(used.exitCode()).isEqualTo(ExitCodes.TEMPORARY);
    }

    @Test
    void areReportedAndLeftOutWhenBroken() throws IOException {
        writeJar("a-missing.jar", Map.of(SERVICE, "com.example.Gone".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(plugins.resolve("b-text.jar"), "this is no jar");
        Files.createFile(plugins.resolve("c-empty.jar"));
        writePigeon();

        Result listed = walcast("transports");

        assertThat(listed.exitCode()).isZero();
        assertThat(listed.stdout()).contains("pigeon       API version 1");
        assertThat(listed.stderr().lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("walcast transports: warning: "))
                .anyMatch(line -> line.contains("com.example.Gone"))
                .anyMatch(line -> line.contains("b-text.jar"))
                .anyMatch(line -> line.contains("c-empty.jar"));
    }

    private Result walcast(String... arguments) {
        return Tool.of(folder.resolve("walcast/bin/walcast"))
                .withEnvironment("JAVA_HOME", System.getProperty("java.home"))
                .run(TIMEOUT, arguments);
    }

    private void writePigeon() throws IOException {
        String file = CLASS_NAME.replace('.', '/') + ".class";
        writeJar("pigeon.jar", Map.of(SERVICE, CLASS_NAME.getBytes(StandardCharsets.UTF_8), file, compiled()));
    }

    private byte[] compiled() throws IOException {
        String path = CLASS_NAME.replace('.', '/');
        Path source = folder.resolve(path + ".java");
        Files.createDirectories(requireNonNull(source.getParent()));
        Files.writeString(source, SOURCE);
        JavaCompiler javac = requireNonNull(ToolProvider.getSystemJavaCompiler());
        String api = Path.of(URI.create(WalReceiverTransport.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
        assertThat(javac.run(null, null, null, "-proc:none", "-cp", api, source.toString()))
                .isZero();
        return Files.readAllBytes(folder.resolve(path + ".class"));
    }

    private void writeJar(String name, Map<String, byte[]> entries) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(plugins.resolve(name)))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
    }
}
