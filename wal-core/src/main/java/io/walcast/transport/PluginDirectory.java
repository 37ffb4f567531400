// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * A folder of plugins: each jar in it, and each folder of jars, is one plugin with a class loader of its own.
 *
 * <p>A plugin sees the JDK and {@code io.walcast} as the program does, and for everything else its own classes first.
 */
public final class PluginDirectory {
    private static final String API = WalReceiverTransport.class.getName().replace('.', '/') + ".class";

    private PluginDirectory() {}

    /**
     * Returns one class loader for each plugin, in the order of their names; none if there is no such folder. The class
     * loaders stay open as long as the program runs.
     *
     * @param refused hears a sentence about each jar that cannot be read, which a class loader would pass over in silence,
     *     and about each that brings classes along which the program has its own of
     * @throws UncheckedIOException if the folder cannot be read
     */
    public static List<ClassLoader> classLoaders(Path directory, ClassLoader parent, Consumer<String> refused) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<ClassLoader> loaders = new ArrayList<>();
        try {
            for (Path plugin : entries(directory)) {
                URL[] urls = jars(plugin, refused);
                if (urls.length > 0) {
                    loaders.add(new PluginClassLoader(String.valueOf(plugin.getFileName()), urls, parent));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return loaders;
    }

    private static URL[] jars(Path plugin, Consumer<String> refused) {
        List<URL> urls = new ArrayList<>();
        try {
            for (Path jar : Files.isDirectory(plugin) ? entries(plugin) : List.of(plugin)) {
                if (jar.toString().endsWith(".jar") && isReadable(jar, refused)) {
                    urls.add(jar.toUri().toURL());
                }
            }
        } catch (IOException e) {
            refused.accept("the plugin \"" + plugin + "\" cannot be read: " + e);
        }
        return urls.toArray(URL[]::new);
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static boolean isReadable(Path jar, Consumer<String> refused) {
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getEntry(API) != null) {
                refused.accept("the plugin \"" + jar + "\" has a wal-core of its own in it, which is not used");
            }
            return true;
        } catch (IOException e) {
            refused.accept("the plugin \"" + jar + "\" cannot be read: " + e.getMessage());
            return false;
        }
    }
}
