// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static java.util.Objects.requireNonNull;

import io.walcast.transport.PluginDirectory;
import io.walcast.transport.WalReceiverTransports;
import io.walcast.transport.WalSenderTransports;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The transports that {@code walcast} finds: on its class path, and in the folder {@code plugins} of its distribution.
 *
 * @param receivers their receiving ends
 * @param senders their sending ends
 */
public record Transports(WalReceiverTransports receivers, WalSenderTransports senders) {
    public Transports {
        requireNonNull(receivers, "receivers");
        requireNonNull(senders, "senders");
    }

    /** Returns the transports that can be used; {@code refused} hears a sentence about each of the others. */
    public static Transports find(Consumer<String> refused) {
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
        WalReceiverTransports.Listener listener = (reason, cause) -> refused.accept(reason);
        return new Transports(
                WalReceiverTransports.load(loaders, listener), WalSenderTransports.load(loaders, listener));
    }
}
