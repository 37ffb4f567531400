// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.transport.PluginDirectory;
import io.walcast.transport.WalReceiverTransports;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Where {@code walcast} finds transports: on its class path, and in the folder {@code plugins} of its distribution. */
public final class Transports {
    private Transports() {}

    /** Returns the transports that can be used; {@code refused} hears a sentence about each of the others. */
    public static WalReceiverTransports find(Consumer<String> refused) {
        ClassLoader own = Transports.class.getClassLoader();
        List<ClassLoader> loaders = new ArrayList<>(List.of(own));
        String home = System.getProperty("walcast.home");
        if (home != null) {
            try {
                loaders.addAll(PluginDirectory.classLoaders(Path.of(home, "plugins"), own, refused));
            } catch (UncheckedIOException e) {
                refused.accept("the plugins cannot be read: " + e.getMessage());
            }
        }
        return WalReceiverTransports.load(loaders, (reason, cause) -> refused.accept(reason));
    }
}
