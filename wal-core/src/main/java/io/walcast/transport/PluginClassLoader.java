// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one plugin: the JDK first, then {@code io.walcast} from the program, then the plugin itself, and
 * what it lacks from the program. Providers of an interface that the plugin brings along are its own only.
 *
 * <p>Safe for use from any thread.
 */
final class PluginClassLoader extends URLClassLoader {
    private static final String SERVICES = "META-INF/services/";
    private static final String SHARED_PREFIX = "io.walcast.";

    static {
        registerAsParallelCapable();
    }

    PluginClassLoader(String name, URL[] jars, ClassLoader parent) {
        super(name, jars, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(SHARED_PREFIX)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = fromPlatform(name);
            }
            if (loaded == null) {
                loaded = ownOrNull(name);
            }
            return loaded == null ? super.loadClass(name, resolve) : loaded;
        }
    }

    private static @Nullable Class<?> fromPlatform(String name) {
        try {
            return getPlatformClassLoader().loadClass(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private @Nullable Class<?> ownOrNull(String name) {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own == null ? super.getResource(name) : own;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> urls = new ArrayList<>(Collections.list(findResources(name)));
        if (!isOwnService(name)) {
            urls.addAll(Collections.list(getParent().getResources(name)));
        }
        return Collections.enumeration(urls);
    }

    /** The program's providers of an interface that the plugin has a copy of would not fit that copy. */
    private boolean isOwnService(String resource) {
        if (!resource.startsWith(SERVICES)) {
            return false;
        }
        String service = resource.substring(SERVICES.length());
        return service.startsWith(SHARED_PREFIX) || findResource(service.replace('.', '/') + ".class") != null;
    }
}
