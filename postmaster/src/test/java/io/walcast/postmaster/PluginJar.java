// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.transport.WalReceiverTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A plugin in the making: sources, what stands in the jar besides, and what is left out of it. */
final class PluginJar {
    private static final String SERVICE = "META-INF/services/" + WalReceiverTransport.class.getName();
    private static final String SOURCE = """
            package com.example;

            import io.walcast.transport.*;

            public final class NAME implements WalReceiverTransport {
                public NAME() { CONSTRUCTOR }
                public int apiVersion() { return VERSION; }
                public String name() { return TRANSPORT; }
                public boolean claims(String conninfo) { CLAIMS }
                public void checkConninfo(String conninfo) {}
                public String displayConninfo(String conninfo) { return conninfo; }
                public WalReceiverConnection connect(ConnectOptions options) {
                    throw new io.walcast.core.error.ConnectionException("the bird is asleep", null);
                }
            }
            """;

    private final Path folder;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();

    /** Makes one whose sources and classes lie in {@code folder}, which does not exist yet. */
    PluginJar(Path folder) {
        this.folder = folder;
    }

    /** Adds a receiving end {@code com.example.name}, which claims conninfos by its name and a colon. */
    PluginJar bird(String name) {
        return bird(name, "", "API_VERSION", "\"" + name.toLowerCase(java.util.Locale.ROOT) + "\"");
    }

    /** Adds one that does in its constructor, and answers for its version and its name, what these expressions say. */
    PluginJar bird(String name, String constructor, String version, String transport) {
        return bird(name, constructor, version, transport, "return conninfo.startsWith(name() + \":\");");
    }

    /** Adds one that does the same with a conninfo, too. */
    PluginJar bird(String name, String constructor, String version, String transport, String claims) {
        entries.put(SERVICE, ("com.example." + name).getBytes(StandardCharsets.UTF_8));
        return source(
                "com.example." + name,
                SOURCE.replace("NAME", name)
                        .replace("CONSTRUCTOR", constructor)
                        .replace("TRANSPORT", transport)
                        .replace("CLAIMS", claims)
                        .replaceFirst("return VERSION", "return " + version));
    }

    /** Adds a class. */
    PluginJar source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    /** Compiles with a class that is not in the jar. */
    PluginJar without(String className, String source) {
        leftOut.add(className);
        return source(className, source);
    }

    /** Adds an entry. */
    PluginJar entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    /** Compiles and writes it. */
    void write(Path jar) throws IOException {
        Path classes = compile();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(entry.getKey(), entry.getValue(), out);
            }
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = classes.relativize(file).toString();
                if (leftOut.stream().noneMatch(each -> name.equals(path(each) + ".class"))) {
                    put(name, Files.readAllBytes(file), out);
                }
            }
        }
    }

    private static void put(String name, byte[] content, JarOutputStream out) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    private Path compile() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", api(), "--release", "17"));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = folder.resolve(path(source.getKey()) + ".java");
            Files.createDirectories(requireNonNull(file.getParent()));
            Files.writeString(file, source.getValue());
            arguments.add(file.toString());
        }
        if (!sources.isEmpty()) {
            assertThat(requireNonNull(ToolProvider.getSystemJavaCompiler())
                            .run(null, null, null, arguments.toArray(String[]::new)))
                    .isZero();
        }
        return classes;
    }

    private static String path(String className) {
        return className.replace('.', '/');
    }

    /** Returns where the API is compiled from. */
    private static String api() {
        return Path.of(URI.create(WalReceiverTransport.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }
}
