// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalSenderTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the folder {@code plugins} of a distribution. */
@Timeout(120)
class PluginsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String SERVICE = "META-INF/services/" + WalReceiverTransport.class.getName();

    @TempDir
    private Path folder;

    private CopiedDistribution distribution;
    private int made;

    @BeforeEach
    void copyDistribution() throws IOException {
        distribution = CopiedDistribution.to(folder.resolve("walcast"));
    }

    @Test
    void areFoundAndUsed() throws IOException {
        plugin().bird("Pigeon").write(jar("pigeon.jar"));

        Result listed = walcast("transports");
        assertThat(listed.stdout())
                .containsPattern("libpq +API version 1 +receives, serves +\\S*/lib/transport-libpq-\\S+\\.jar\n")
                .containsPattern("pigeon +API version 1 +receives +\\S*/plugins/pigeon\\.jar\n");
        assertThat(listed.stderr()).isEmpty();
        assertThat(listed.exitCode()).isZero();
        assertThat(walcast("transports", "--output", "json").stdout().replaceAll("\\s+", ""))
                .contains("{\"name\":\"pigeon\",\"api_version\":1,\"ends\":[\"receives\"],\"from\":\"")
                .contains("/plugins/pigeon.jar\"}");

        Result used = walcast("receivewal", "-D", folder.toString(), "-d", "pigeon:north");
        assertThat(used.stderr().strip()).isEqualTo("walcast receivewal: error: the bird is asleep");
        assertThat(used.exitCode()).isEqualTo(ExitCodes.TEMPORARY);
    }

    @Test
    void mayBeFoldersOfJars() throws IOException {
        Path parts = Files.createDirectory(distribution.plugins().resolve("pigeon"));
        plugin().bird("Pigeon", "", "API_VERSION", "Feather.COLOUR.toString()")
                .without("com.example.Feather", feather("pigeon"))
                .write(parts.resolve("pigeon.jar"));
        plugin().source("com.example.Feather", feather("pigeon")).write(parts.resolve("feather.jar"));

        Result listed = walcast("transports");

        assertThat(listed.stderr()).isEmpty();
        assertThat(listed.stdout()).contains("pigeon       API version 1");
    }

    private static String feather(String colour) {
        return "package com.example; final class Feather { static final Object COLOUR = \"%s\"; }".formatted(colour);
    }

    @Test
    void areReportedAndLeftOutWhenBroken() throws IOException {
        plugin().entry(SERVICE, "com.example.Gone".getBytes(StandardCharsets.UTF_8))
                .write(jar("a-missing.jar"));
        Files.writeString(jar("b-text.jar"), "this is no jar");
        Files.createFile(jar("c-empty.jar"));
        plugin().entry(SERVICE, "not a class name!\n".getBytes(StandardCharsets.UTF_8))
                .write(jar("d-nonsense.jar"));
        plugin().bird("Dodo", "if (true) throw new Error(\"extinct\");", "API_VERSION", "\"dodo\"")
                .write(jar("e-constructor.jar"));
        plugin().bird("Moa", "", "API_VERSION", "java.util.List.of(\"moa\").get(1)")
                .write(jar("f-name.jar"));
        plugin().bird("Auk", "", "Integer.parseInt(\"auk\")", "\"auk\"").write(jar("g-version.jar"));
        plugin().bird("Emu", "", "99", "\"emu\"").write(jar("h-old.jar"));
        plugin().bird("Kiwi", "new Wing();", "API_VERSION", "\"kiwi\"")
                .without("com.example.Wing", "package com.example; final class Wing {}")
                .write(jar("i-links.jar"));
        plugin().bird("Rhea", "", "apiVersion() + 1", "\"rhea\"").write(jar("j-loops.jar"));
        plugin().bird("Pigeon").write(jar("k-good.jar"));
        plugin().bird("Pigeon").write(jar("l-again.jar"));
        plugin().bird("Impostor", "", "API_VERSION", "\"libpq\"").write(jar("m-impostor.jar"));

        Result listed = walcast("transports");

        assertThat(listed.exitCode()).isZero();
        assertThat(listed.stdout()).contains("libpq        API version 1", "pigeon       API version 1");
        assertThat(listed.stdout().lines().filter(line -> line.contains("/plugins/")))
                .hasSize(1);
        assertThat(listed.stderr().lines())
                .hasSize(12)
                .allMatch(line -> line.startsWith("walcast transports: warning: "))
                .anyMatch(line -> line.contains("a-missing.jar") && line.contains("com.example.Gone"))
                .anyMatch(line -> line.contains("b-text.jar"))
                .anyMatch(line -> line.contains("c-empty.jar"))
                .anyMatch(line -> line.contains("d-nonsense.jar"))
                .anyMatch(line -> line.contains("e-constructor.jar") && line.contains("extinct"))
                .anyMatch(line -> line.contains("com.example.Moa in the plugin \"f-name.jar\" could not be asked"))
                .anyMatch(line -> line.contains("com.example.Auk in the plugin \"g-version.jar\" could not be asked"))
                .anyMatch(
                        line -> line.contains("com.example.Emu in the plugin \"h-old.jar\" was built for version 99 of "
                                + "the transport API (expected: 1)"))
                .anyMatch(line -> line.contains("i-links.jar") && line.contains("com/example/Wing (was it built for"))
                .anyMatch(line -> line.contains("j-loops.jar") && line.contains("StackOverflowError"))
                .anyMatch(line ->
                        line.contains("com.example.Pigeon in the plugin \"l-again.jar\" has the name 'pigeon' of "
                                + "com.example.Pigeon in the plugin \"k-good.jar\""))
                .anyMatch(line -> line.contains("m-impostor.jar") && line.contains("has the name 'libpq'"));
    }

    @Test
    void areReportedWhenTheirSendingEndIsBroken() throws IOException {
        plugin().source("com.example.Ostrich", """
                        package com.example;

                        import io.walcast.transport.*;

                        public final class Ostrich implements WalSenderTransport {
                            public Ostrich() { if (true) throw new Error("buried"); }
                            public int apiVersion() { return API_VERSION; }
                            public String name() { return "ostrich"; }
                            public Listener listen(ListenOptions options, ReplicationService service) { return null; }
                        }
                        """)
                .entry(
                        "META-INF/services/" + WalSenderTransport.class.getName(),
                        "com.example.Ostrich".getBytes(StandardCharsets.UTF_8))
                .bird("Pigeon")
                .write(jar("birds.jar"));

        Result listed = walcast("transports");

        assertThat(listed.exitCode()).isZero();
        assertThat(listed.stdout()).contains("libpq        API version 1", "pigeon       API version 1");
        assertThat(listed.stderr().lines())
                .singleElement()
                .asString()
                .startsWith("walcast transports: warning: ")
                .contains("birds.jar", "buried");
    }

    @Test
    void doNotKeepOthersFromTheirConninfo() throws IOException {
        plugin().bird("Moa", "", "API_VERSION", "\"moa\"", "throw new NoSuchFieldError(\"wing\");")
                .write(jar("moa.jar"));
        plugin().bird("Pigeon").write(jar("pigeon.jar"));

        Result used = walcast("receivewal", "-D", folder.toString(), "-d", "pigeon:north");

        assertThat(used.stderr()).contains("com.example.Moa in the plugin \"moa.jar\" could not be asked", "is asleep");
        assertThat(used.exitCode()).isEqualTo(ExitCodes.TEMPORARY);
    }

    @Test
    void useTheirOwnLibrariesAndTheProgramsWalcast() throws IOException {
        String ownNetty =
                "package io.netty.buffer; public class ByteBuf { public static String own() { return \"own\"; } }";
        plugin().bird("Pigeon", "", "API_VERSION", "io.netty.buffer.ByteBuf.own() + \"pigeon\"")
                .source("io.netty.buffer.ByteBuf", ownNetty)
                .entry("io/walcast/transport/WalReceiverTransport.class", new byte[] {1, 2, 3})
                .write(jar("pigeon.jar"));

        Result listed = walcast("transports");

        assertThat(listed.stdout()).contains("libpq        API version 1", "ownpigeon    API version 1");
        assertThat(listed.stderr().lines())
                .singleElement()
                .asString()
                .contains("pigeon.jar\" has a wal-core of its own in it, which is not used");
    }

    private PluginJar plugin() {
        return new PluginJar(folder.resolve("plugin" + made++));
    }

    private Path jar(String name) {
        return distribution.plugins().resolve(name);
    }

    private Result walcast(String... arguments) {
        return distribution.program().run(TIMEOUT, arguments);
    }
}
