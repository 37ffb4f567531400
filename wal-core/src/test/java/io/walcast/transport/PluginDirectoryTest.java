// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.example.plugin.PluginTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginDirectoryTest {
    private static final String SERVICE = "META-INF/services/" + WalReceiverTransport.class.getName();
    private static final String CLASS_FILE = "org/example/plugin/PluginTransport.class";

    @TempDir
    Path plugins;

    private final List<ClassLoader> loaders = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    @AfterEach
    void closeLoaders() throws IOException {
        for (ClassLoader loader : loaders) {
            ((Closeable) loader).close();
        }
    }

    @Test
    void hasNoPluginsWithoutAFolder() {
        assertThat(PluginDirectory.classLoaders(plugins.resolve("none"), parent(), unreadable::add))
                .isEmpty();
    }

    @Test
    void ignoresWhatIsNoJar() throws IOException {
        Files.writeString(plugins.resolve("README.txt"), "hello");
        Files.createDirectory(plugins.resolve("empty"));

        assertThat(open()).isEmpty();
    }

    @Test
    void loadsAJarFromItsOwnClassesFirst() throws IOException {
        writePlugin(plugins.resolve("one.jar"));

        WalReceiverTransport found = onlyOf(WalReceiverTransports.load(open(), (reason, cause) -> {}));

        assertThat(found.name()).isEqualTo("plugin");
        assertThat(found).isNotInstanceOf(PluginTransport.class);
        assertThat(found.getClass().getClassLoader()).isSameAs(loaders.get(0));
    }

    @Test
    void loadsAFolderOfJarsAsOnePlugin() throws IOException {
        Path folder = Files.createDirectory(plugins.resolve("two"));
        writeJar(
                folder.resolve("a.jar"),
                SERVICE,
                PluginTransport.class.getName().getBytes(StandardCharsets.UTF_8));
        writeJar(folder.resolve("b.jar"), CLASS_FILE, classFile());

        assertThat(onlyOf(WalReceiverTransports.load(open(), (reason, cause) -> {}))
                        .name())
                .isEqualTo("plugin");
        assertThat(loaders).hasSize(1);
    }

    @Test
    void keepsTheOthersWhenAPluginIsBroken() throws IOException {
        Files.writeString(plugins.resolve("broken.jar"), "this is no jar");
        writeJar(plugins.resolve("empty.jar"), SERVICE, "org.example.Missing".getBytes(StandardCharsets.UTF_8));
        writePlugin(plugins.resolve("good.jar"));
        List<String> refused = new ArrayList<>();

        WalReceiverTransports transports = WalReceiverTransports.load(open(), (reason, cause) -> refused.add(reason));

        assertThat(onlyOf(transports).name()).isEqualTo("plugin");
        assertThat(refused).singleElement().asString().contains("org.example.Missing");
        assertThat(unreadable).singleElement().asString().contains("broken.jar");
    }

    @Test
    void sharesTheJdkAndWalcastWithTheProgram() throws Exception {
        writePlugin(plugins.resolve("one.jar"));
        ClassLoader loader = open().get(0);

        assertThat(loader.loadClass("java.util.List")).isSameAs(List.class);
        assertThat(loader.loadClass("java.sql.Driver").getClassLoader()).isSameAs(ClassLoader.getPlatformClassLoader());
        assertThat(loader.loadClass(WalReceiverTransport.class.getName())).isSameAs(WalReceiverTransport.class);
        assertThat(loader.loadClass(Test.class.getName())).isSameAs(Test.class);
        assertThatThrownBy(() -> loader.loadClass("org.example.Missing")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void findsItsOwnResourcesFirst() throws IOException {
        writePlugin(plugins.resolve("one.jar"));
        ClassLoader loader = open().get(0);

        assertThat(loader.getResource(CLASS_FILE)).hasProtocol("jar");
        List<URL> all = Collections.list(loader.getResources(CLASS_FILE));
        assertThat(all).hasSize(2);
        assertThat(all.get(0)).hasProtocol("jar");
        assertThat(loader.getResource("io/walcast/transport/WalReceiverTransport.class"))
                .isNotNull();
    }

    @Test
    void leavesTheProgramsProvidersOfItsOwnInterfacesAlone() throws IOException {
        String providers = "META-INF/services/" + PluginTransport.class.getName();
        writePlugin(plugins.resolve("with.jar"));
        writeJar(plugins.resolve("without.jar"), "empty", new byte[0]);

        List<ClassLoader> loaders = open();

        assertThat(Collections.list(loaders.get(0).getResources(providers))).isEmpty();
        assertThat(Collections.list(loaders.get(1).getResources(providers))).hasSize(1);
    }

    @Test
    void saysThatAWalCoreOfItsOwnIsNotUsed() throws IOException {
        writeJar(plugins.resolve("fat.jar"), "io/walcast/transport/WalReceiverTransport.class", new byte[] {1});

        assertThat(open()).hasSize(1);
        assertThat(unreadable)
                .singleElement()
                .asString()
                .endsWith("fat.jar\" has a wal-core of its own in it, which is not used");
    }

    private static WalReceiverTransport onlyOf(WalReceiverTransports transports) {
        assertThat(transports.all()).hasSize(1);
        return transports.all().get(0);
    }

    private List<ClassLoader> open() {
        loaders.addAll(PluginDirectory.classLoaders(plugins, parent(), unreadable::add));
        return loaders;
    }

    private static ClassLoader parent() {
        return PluginDirectoryTest.class.getClassLoader();
    }

    private static void writePlugin(Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            putEntry(out, SERVICE, PluginTransport.class.getName().getBytes(StandardCharsets.UTF_8));
            putEntry(out, CLASS_FILE, classFile());
        }
    }

    private static void writeJar(Path jar, String entry, byte[] content) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            putEntry(out, entry, content);
        }
    }

    private static void putEntry(JarOutputStream out, String entry, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(entry));
        out.write(content);
        out.closeEntry();
    }

    private static byte[] classFile() throws IOException {
        try (InputStream in = parent().getResourceAsStream(CLASS_FILE)) {
            if (in == null) {
                throw new IOException(CLASS_FILE + ": not found");
            }
            return in.readAllBytes();
        }
    }
}
