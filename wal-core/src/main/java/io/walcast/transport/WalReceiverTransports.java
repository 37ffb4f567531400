// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.error.ConfigurationException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The transports that were found. A transport that cannot be used is reported and left out; it never harms the others.
 *
 * <p>Immutable, safe for use from any thread.
 */
public final class WalReceiverTransports {
    private static final FoundTransports.End<WalReceiverTransport> END = new FoundTransports.End<>(
            WalReceiverTransport.class,
            WalReceiverTransport.API_VERSION,
            WalReceiverTransport::apiVersion,
            WalReceiverTransport::name);

    private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9+.-]*):.*", Pattern.DOTALL);

    private final FoundTransports<WalReceiverTransport> found;

    /** Takes the usable ones that {@code providers} gives, each class once; {@code listener} hears of the others. */
    public WalReceiverTransports(Iterable<WalReceiverTransport> providers, Listener listener) {
        this(new FoundTransports<>(END, providers, listener));
    }

    private WalReceiverTransports(FoundTransports<WalReceiverTransport> found) {
        this.found = found;
    }

    /** Told of transports that are left out. */
    public interface Listener {
        /** Hears that a transport was left out; {@code reason} is a whole sentence for an operator. */
        void transportRefused(String reason, @Nullable Throwable cause);
    }

    /** Returns the transports that the given class loaders find; each class counts once. */
    public static WalReceiverTransports load(Iterable<? extends ClassLoader> loaders, Listener listener) {
        return new WalReceiverTransports(FoundTransports.load(END, loaders, listener));
    }

    /** Returns the transports that stand beside Walcast on the class path; those that cannot be used are left out. */
    public static WalReceiverTransports load() {
        ClassLoader own = WalReceiverTransports.class.getClassLoader();
        return load(List.of(own), (reason, cause) -> {});
    }

    /** Returns the transports, in the order they were found. */
    public List<WalReceiverTransport> all() {
        return found.all();
    }

    /**
     * Returns the one transport that {@code conninfo} is written for.
     *
     * @throws ConfigurationException if there is none, or more than one
     */
    public WalReceiverTransport forConninfo(String conninfo) {
        List<WalReceiverTransport> claimants = found.matching(transport -> transport.claims(conninfo));
        return found.only(
                claimants,
                "conninfo",
                "no transport for %s".formatted(formOf(conninfo)),
                FoundTransports.artifactFor(schemeOf(conninfo)));
    }

    /**
     * Returns the one transport of that name.
     *
     * @throws ConfigurationException if there is none, or more than one
     */
    public WalReceiverTransport byName(String name) {
        return found.byName(name);
    }

    /** Returns the form of {@code conninfo}, never its content: there may be secrets in it. */
    private static String formOf(String conninfo) {
        String scheme = schemeOf(conninfo);
        return scheme.isEmpty() ? "this form" : "'" + scheme + ":'";
    }

    private static String schemeOf(String conninfo) {
        Matcher scheme = SCHEME.matcher(conninfo);
        return scheme.matches() ? scheme.group(1) : "";
    }
}
