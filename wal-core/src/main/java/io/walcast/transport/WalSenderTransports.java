// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.error.ConfigurationException;
import java.util.List;

/**
 * The sending ends that were found, as {@link WalReceiverTransports} are the receiving ones: one that cannot be used is
 * reported and left out.
 *
 * <p>Immutable, safe for use from any thread.
 */
public final class WalSenderTransports {
    private static final FoundTransports.End<WalSenderTransport> END = new FoundTransports.End<>(
            WalSenderTransport.class,
            WalSenderTransport.API_VERSION,
            WalSenderTransport::apiVersion,
            WalSenderTransport::name);

    private final FoundTransports<WalSenderTransport> found;

    /** Takes the usable ones that {@code providers} gives, each class once; {@code listener} hears of the others. */
    public WalSenderTransports(Iterable<WalSenderTransport> providers, WalReceiverTransports.Listener listener) {
        this(new FoundTransports<>(END, providers, listener));
    }

    private WalSenderTransports(FoundTransports<WalSenderTransport> found) {
        this.found = found;
    }

    /** Returns the transports that the given class loaders find; each class counts once. */
    public static WalSenderTransports load(
            Iterable<? extends ClassLoader> loaders, WalReceiverTransports.Listener listener) {
        return new WalSenderTransports(FoundTransports.load(END, loaders, listener));
    }

    /** Returns the transports that stand beside Walcast on the class path; those that cannot be used are left out. */
    public static WalSenderTransports load() {
        return load(List.of(WalSenderTransports.class.getClassLoader()), (reason, cause) -> {});
    }

    /** Returns the transports, in the order they were found. */
    public List<WalSenderTransport> all() {
        return found.all();
    }

    /**
     * Returns the one transport for addresses of that URI scheme; the empty scheme is PostgreSQL's own protocol.
     *
     * @throws ConfigurationException if there is none, or more than one
     */
    public WalSenderTransport forScheme(String scheme) {
        String name = FoundTransports.nameFor(scheme);
        return found.only(
                found.matching(transport -> transport.name().equals(name)),
                "listen address",
                scheme.isEmpty() ? "no transport '" + name + "'" : "no transport for '" + scheme + ":'",
                FoundTransports.artifactFor(scheme));
    }
}
