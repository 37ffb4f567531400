// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The transports that were found. A transport that cannot be used is reported and left out; it never harms the others.
 *
 * <p>Immutable, safe for use from any thread.
 */
public final class WalReceiverTransports {
    /** A service loader that cannot even read its files fails for ever; this many failures end it. */
    private static final int MAX_FAILURES = 100;

    private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9+.-]*):.*", Pattern.DOTALL);

    private final List<WalReceiverTransport> transports;
    private final List<String> refusals;
    private final Listener listener;

    /** Takes the usable ones that {@code providers} gives, each class once; {@code listener} hears of the others. */
    public WalReceiverTransports(Iterable<WalReceiverTransport> providers, Listener listener) {
        this.listener = requireNonNull(listener, "listener");
        List<WalReceiverTransport> usable = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        Iterator<WalReceiverTransport> found = providers.iterator();
        for (int failures = 0; failures < MAX_FAILURES; ) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                addUnlessKnown(found.next(), usable, reasons);
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                failures++;
                refuse("a transport could not be loaded: " + e, e, reasons);
            }
        }
        transports = List.copyOf(usable);
        refusals = List.copyOf(reasons);
    }

    /** Told of transports that are left out. */
    public interface Listener {
        /** Hears that a transport was left out; {@code reason} is a whole sentence for an operator. */
        void transportRefused(String reason, @Nullable Throwable cause);
    }

    /** Returns the transports that the given class loaders find; each class counts once. */
    public static WalReceiverTransports load(Iterable<? extends ClassLoader> loaders, Listener listener) {
        return new WalReceiverTransports(() -> new LoadersIterator(loaders.iterator()), listener);
    }

    /** Returns the transports that stand beside Walcast on the class path; those that cannot be used are left out. */
    public static WalReceiverTransports load() {
        ClassLoader own = WalReceiverTransports.class.getClassLoader();
        return load(List.of(own), (reason, cause) -> {});
    }

    private void addUnlessKnown(
            WalReceiverTransport transport, List<WalReceiverTransport> usable, List<String> reasons) {
        if (usable.stream().anyMatch(known -> known.getClass() == transport.getClass())) {
            return;
        }
        int version = transport.apiVersion();
        if (version == WalReceiverTransport.API_VERSION) {
            requireNonNull(transport.name(), "name");
            usable.add(transport);
        } else {
            String reason = "%s was built for version %d of the transport API (expected: %d)"
                    .formatted(transport.getClass().getName(), version, WalReceiverTransport.API_VERSION);
            refuse(reason, null, reasons);
        }
    }

    private void refuse(String reason, @Nullable Throwable cause, List<String> reasons) {
        reasons.add(reason);
        listener.transportRefused(reason, cause);
    }

    /** Returns the transports, in the order they were found. */
    public List<WalReceiverTransport> all() {
        return transports;
    }

    /**
     * Returns the one transport that {@code conninfo} is written for.
     *
     * @throws ConfigurationException if there is none, or more than one
     */
    public WalReceiverTransport forConninfo(String conninfo) {
        List<WalReceiverTransport> claimants = matching(transport -> transport.claims(conninfo));
        if (claimants.isEmpty()) {
            throw none("conninfo: no transport for %s".formatted(formOf(conninfo)), artifactFor(conninfo));
        }
        return only(claimants, "conninfo");
    }

    /**
     * Returns the one transport of that name.
     *
     * @throws ConfigurationException if there is none, or more than one
     */
    public WalReceiverTransport byName(String name) {
        List<WalReceiverTransport> claimants =
                matching(transport -> transport.name().equals(name));
        if (claimants.isEmpty()) {
            throw none("transport: '%s' not found".formatted(name), "transport-" + name);
        }
        return only(claimants, "transport");
    }

    private List<WalReceiverTransport> matching(Predicate<WalReceiverTransport> condition) {
        List<WalReceiverTransport> matches = new ArrayList<>();
        for (WalReceiverTransport transport : transports) {
            try {
                if (condition.test(transport)) {
                    matches.add(transport);
                }
            } catch (LinkageError | RuntimeException e) {
                listener.transportRefused(transport.getClass().getName() + " could not be asked: " + e, e);
            }
        }
        return matches;
    }

    private static WalReceiverTransport only(List<WalReceiverTransport> claimants, String what) {
        if (claimants.size() > 1) {
            throw new ConfigurationException("%s: claimed by %s (expected: one transport)"
                    .formatted(
                            what,
                            claimants.stream()
                                    .map(WalReceiverTransports::describe)
                                    .collect(Collectors.joining(" and "))));
        }
        return claimants.get(0);
    }

    private static String describe(WalReceiverTransport transport) {
        return "'%s' (%s)".formatted(transport.name(), transport.getClass().getName());
    }

    private ConfigurationException none(String what, String artifact) {
        String found = transports.isEmpty()
                ? "none"
                : transports.stream().map(WalReceiverTransport::name).collect(Collectors.joining(", "));
        String refused = refusals.isEmpty() ? "" : "; left out: " + String.join("; ", refusals);
        return new ConfigurationException("%s (found: %s%s; is the artifact %s missing from the class path?)"
                .formatted(what, found, refused, artifact));
    }

    /** Returns the form of {@code conninfo}, never its content: there may be secrets in it. */
    private static String formOf(String conninfo) {
        Matcher scheme = SCHEME.matcher(conninfo);
        return scheme.matches() ? "'" + scheme.group(1) + ":'" : "this form";
    }

    private static String artifactFor(String conninfo) {
        Matcher scheme = SCHEME.matcher(conninfo);
        if (!scheme.matches()) {
            return "transport-libpq";
        }
        return switch (scheme.group(1)) {
            case "postgresql", "postgres" -> "transport-libpq";
            case "grpc", "grpcs" -> "transport-grpc";
            default -> "of its transport";
        };
    }

    /** The providers of one class loader after the other. */
    private static final class LoadersIterator implements Iterator<WalReceiverTransport> {
        private final Iterator<? extends ClassLoader> loaders;
        private Iterator<WalReceiverTransport> current =
                List.<WalReceiverTransport>of().iterator();

        LoadersIterator(Iterator<? extends ClassLoader> loaders) {
            this.loaders = loaders;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && loaders.hasNext()) {
                current = ServiceLoader.load(WalReceiverTransport.class, loaders.next())
                        .iterator();
            }
            return current.hasNext();
        }

        @Override
        public WalReceiverTransport next() {
            return current.next();
        }
    }
}
