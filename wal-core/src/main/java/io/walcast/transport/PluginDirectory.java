// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
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
    private PluginDirectory() {}

    /**
     * Returns one class loader for each plugin, in the order of their names; none if there is no such folder. The class
     * loaders stay open as long as the program runs.
     *
     * @param refused hears a sentence about each jar that cannot be read, which a class loader would pass over in silence
     * @throws UncheckedIOException if the folder cannot be read
     */
    public static List<ClassLoader> classLoaders(Path directory, ClassLoader parent, Consumer<String> refused) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<ClassLoader> loaders = new ArrayList<>();
        for (Path plugin : entries(directory)) {
            List<Path> jars = Files.isDirectory(plugin) ? entries(plugin) : List.of(plugin);
            URL[] urls = jars.stream()
                    .filter(jar -> jar.toString().endsWith(".jar") && isReadable(jar, refused))
                    .map(PluginDirectory::url)
                    .toArray(URL[]::new);
            if (urls.length > 0) {
                loaders.add(new PluginClassLoader(String.valueOf(plugin.getFileName()), urls, parent));
            }
        }
        return loaders;
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isReadable(Path jar, Consumer<String> refused) {
        try (JarFile file = new JarFile(jar.toFile())) {
            requireNonNull(file);
            return true;
        } catch (IOException e) {
            refused.accept("the plugin \"" + jar + "\" cannot be read: " + e.getMessage());
            return false;
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}
