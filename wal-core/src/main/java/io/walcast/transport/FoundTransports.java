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

    /**
     * Providers that come from one place.
     *
     * @param where the plugin, empty for the program itself
     * @param providers the providers; each one may fail to load
     */
    private record Source<T>(String where, Iterable<T> providers) {}

    FoundTransports(End<T> end, Iterable<T> providers, WalReceiverTransports.Listener listener) {
        this(end, List.of(new Source<>("", providers)), listener);
    }

    private FoundTransports(End<T> end, List<Source<T>> sources, WalReceiverTransports.Listener listener) {
        this.end = end;
        this.listener = requireNonNull(listener, "listener");
        List<T> usable = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        sources.forEach(source -> addUsable(source, usable, reasons));
        transports = List.copyOf(usable);
        refusals = List.copyOf(reasons);
    }

    /** Finds what the given class loaders find; each class counts once. */
    static <T> FoundTransports<T> load(
            End<T> end, Iterable<? extends ClassLoader> loaders, WalReceiverTransports.Listener listener) {
        List<Source<T>> sources = new ArrayList<>();
        for (ClassLoader loader : loaders) {
            sources.add(new Source<>(pluginOf(loader), ServiceLoader.load(end.service(), loader)));
        }
        return new FoundTransports<>(end, sources, listener);
    }

    private void addUsable(Source<T> source, List<T> usable, List<String> reasons) {
        Iterator<T> found = source.providers().iterator();
        for (int failures = 0; failures < MAX_FAILURES; ) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                addUnlessUnfit(found.next(), usable, reasons);
            } catch (Throwable e) {
                throwUnlessBearable(e);
                failures++;
                refuse("a transport%s could not be loaded: %s".formatted(source.where(), explain(e)), e, reasons);
            }
        }
    }

    private void addUnlessUnfit(T transport, List<T> usable, List<String> reasons) {
        if (usable.stream().anyMatch(known -> known.getClass() == transport.getClass())) {
            return;
        }
        int version;
        String name;
        try {
            version = end.versionOf().applyAsInt(transport);
            name = requireNonNull(end.nameOf().apply(transport), "name");
        } catch (Throwable e) {
            throwUnlessBearable(e);
            refuse(className(transport) + " could not be asked: " + explain(e), e, reasons);
            return;
        }
        T namesake = usable.stream()
                .filter(other -> hasTaken(name, other, transport))
                .findFirst()
                .orElse(null);
        if (version != end.apiVersion()) {
            String reason = "%s was built for version %d of the transport API (expected: %d)"
                    .formatted(className(transport), version, end.apiVersion());
            refuse(reason, null, reasons);
        } else if (namesake != null) {
            String reason = "%s has the name '%s' of %s".formatted(className(transport), name, className(namesake));
            refuse(reason, null, reasons);
        } else {
            usable.add(transport);
        }
    }

    /** A plugin cannot take a name; two of one place are an error for who asks for the name. */
    private boolean hasTaken(String name, T other, T transport) {
        return other.getClass().getClassLoader() != transport.getClass().getClassLoader()
                && end.nameOf().apply(other).equals(name);
    }

    /** Whatever a plugin throws harms nobody else, but for the end of the machine. */
    private static void throwUnlessBearable(Throwable e) {
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    /** A constructor's failure hides behind the one of who called it. */
    private static String explain(Throwable e) {
        Throwable cause = e instanceof ServiceConfigurationError ? e.getCause() : e;
        String said = cause == null || cause == e ? e.toString() : e.getMessage() + ": " + cause;
        return cause instanceof LinkageError ? said + " (was it built for another version of Walcast?)" : said;
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
            } catch (Throwable e) {
                throwUnlessBearable(e);
                listener.transportRefused(className(transport) + " could not be asked: " + explain(e), e);
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
        return transport.getClass().getName() + pluginOf(transport.getClass().getClassLoader());
    }

    private static String pluginOf(@Nullable ClassLoader loader) {
        return loader instanceof PluginClassLoader plugin ? " in the plugin \"" + plugin.getName() + "\"" : "";
    }
}
