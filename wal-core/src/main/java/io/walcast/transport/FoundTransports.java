// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The providers of one end of the transport API that can be used. One that cannot be used is reported and left out; it never
 * harms the others.
 *
 * <p>Immutable, safe for use from any thread.
 */
final class FoundTransports<T> {
    /** A service loader that cannot even read its files fails for ever; this many failures end it. */
    private static final int MAX_FAILURES = 100;

    private final End<T> end;
    private final List<T> transports;
    private final List<String> refusals;
    private final WalReceiverTransports.Listener listener;

    /**
     * One end of the transport API.
     *
     * @param service the interface of its providers
     * @param apiVersion the version they have to be built against
     * @param versionOf how a provider tells which version it was built against
     * @param nameOf how it tells its name
     */
    record End<T>(Class<T> service, int apiVersion, ToIntFunction<T> versionOf, Function<T, String> nameOf) {}

    FoundTransports(End<T> end, Iterable<T> providers, WalReceiverTransports.Listener listener) {
        this.end = end;
        this.listener = requireNonNull(listener, "listener");
        List<T> usable = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        Iterator<T> found = providers.iterator();
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

    /** Finds what the given class loaders find; each class counts once. */
    static <T> FoundTransports<T> load(
            End<T> end, Iterable<? extends ClassLoader> loaders, WalReceiverTransports.Listener listener) {
        return new FoundTransports<>(end, () -> new LoadersIterator<>(end.service(), loaders.iterator()), listener);
    }

    private void addUnlessKnown(T transport, List<T> usable, List<String> reasons) {
        if (usable.stream().anyMatch(known -> known.getClass() == transport.getClass())) {
            return;
        }
        int version = end.versionOf().applyAsInt(transport);
        if (version == end.apiVersion()) {
            requireNonNull(end.nameOf().apply(transport), "name");
            usable.add(transport);
        } else {
            String reason = "%s was built for version %d of the transport API (expected: %d)"
                    .formatted(className(transport), version, end.apiVersion());
            refuse(reason, null, reasons);
        }
    }

    private void refuse(String reason, @Nullable Throwable cause, List<String> reasons) {
        reasons.add(reason);
        listener.transportRefused(reason, cause);
    }

    /** Returns the transports, in the order they were found. */
    List<T> all() {
        return transports;
    }

    /** Returns the one of that name. */
    T byName(String name) {
        List<T> claimants = matching(transport -> end.nameOf().apply(transport).equals(name));
        return only(claimants, "transport", "'%s' not found".formatted(name), "transport-" + name);
    }

    /** Returns those that {@code condition} holds for; one that cannot even be asked is reported. */
    List<T> matching(Predicate<T> condition) {
        List<T> matches = new ArrayList<>();
        for (T transport : transports) {
            try {
                if (condition.test(transport)) {
                    matches.add(transport);
                }
            } catch (LinkageError | RuntimeException e) {
                listener.transportRefused(className(transport) + " could not be asked: " + e, e);
            }
        }
        return matches;
    }

    /**
     * Returns the one in {@code claimants}.
     *
     * @param what what they lay claim to
     * @param missing what to say of it if there is none
     * @param artifact what may be missing then
     * @throws ConfigurationException if there is none, or more than one
     */
    T only(List<T> claimants, String what, String missing, String artifact) {
        if (claimants.isEmpty()) {
            throw none(what + ": " + missing, artifact);
        }
        if (claimants.size() > 1) {
            throw new ConfigurationException("%s: claimed by %s (expected: one transport)"
                    .formatted(what, claimants.stream().map(this::describe).collect(Collectors.joining(" and "))));
        }
        return claimants.get(0);
    }

    private ConfigurationException none(String what, String artifact) {
        String found = transports.isEmpty()
                ? "none"
                : transports.stream().map(end.nameOf()).collect(Collectors.joining(", "));
        String refused = refusals.isEmpty() ? "" : "; left out: " + String.join("; ", refusals);
        return new ConfigurationException("%s (found: %s%s; is the artifact %s missing from the class path?)"
                .formatted(what, found, refused, artifact));
    }

    private String describe(T transport) {
        return "'%s' (%s)".formatted(end.nameOf().apply(transport), className(transport));
    }

    /** Returns the name of the transport that a URI scheme of ours is for; else the scheme itself. */
    static String nameFor(String scheme) {
        return switch (scheme) {
            case "", "postgresql", "postgres" -> "libpq";
            case "grpc", "grpcs" -> "grpc";
            default -> scheme;
        };
    }

    /** Returns the artifact with the transport for a URI scheme, as the end of a sentence. */
    static String artifactFor(String scheme) {
        String name = nameFor(scheme);
        return name.equals("libpq") || name.equals("grpc") ? "transport-" + name : "of its transport";
    }

    private static String className(Object transport) {
        return transport.getClass().getName();
    }

    /** The providers of one class loader after the other. */
    private static final class LoadersIterator<T> implements Iterator<T> {
        private final Class<T> service;
        private final Iterator<? extends ClassLoader> loaders;
        private Iterator<T> current = List.<T>of().iterator();

        LoadersIterator(Class<T> service, Iterator<? extends ClassLoader> loaders) {
            this.service = service;
            this.loaders = loaders;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && loaders.hasNext()) {
                current = ServiceLoader.load(service, loaders.next()).iterator();
            }
            return current.hasNext();
        }

        @Override
        public T next() {
            return current.next();
        }
    }
}
