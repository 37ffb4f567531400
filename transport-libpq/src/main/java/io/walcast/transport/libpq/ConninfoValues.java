// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conninfo with the service it names and the environment behind it. Immutable.
 *
 * @param conninfo what was written
 * @param service what the service says that it names, if any
 * @param environment variables of the process
 */
record ConninfoValues(Conninfo conninfo, Map<ConninfoKeyword, String> service, Map<String, String> environment) {
    private static final String SERVICE_FILE = "PGSERVICEFILE";

    ConninfoValues {
        service = Map.copyOf(service);
    }

    /** Without a look at service files. */
    ConninfoValues(Conninfo conninfo, Map<String, String> environment) {
        this(conninfo, Map.of(), environment);
    }

    /**
     * Reads the service that {@code conninfo} or {@code environment} names, if they do.
     *
     * @throws ConfigurationException if it is not found, or its file is wrong
     */
    static ConninfoValues of(Conninfo conninfo, Map<String, String> environment) {
        ConninfoValues values = new ConninfoValues(conninfo, environment);
        String service = values.given(ConninfoKeyword.SERVICE);
        if (service == null) {
            return values;
        }
        String named = environment.get(SERVICE_FILE);
        Path own = named == null ? values.inHome(".pg_service.conf") : Path.of(named);
        return new ConninfoValues(conninfo, ServiceFile.find(service, own, named != null, environment), environment);
    }

    /** Returns the value given by conninfo, service or environment, in this order, or null; it may be empty. */
    @Nullable
    String given(ConninfoKeyword keyword) {
        String written = conninfo.values().get(keyword);
        if (written == null) {
            written = service.get(keyword);
        }
        String variable = keyword.environmentVariable();
        if (written == null && variable != null) {
            written = environment.get(variable);
        }
        boolean requireTls = keyword == ConninfoKeyword.SSLMODE
                && environment.getOrDefault("PGREQUIRESSL", "").startsWith("1");
        return written == null && requireTls ? "require" : written;
    }

    /** Returns the value given by conninfo, service or environment, in this order, or null; an empty one counts as none. */
    @Nullable
    String get(ConninfoKeyword keyword) {
        String value = given(keyword);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Returns the value given, which may be empty, or else {@code otherwise}. */
    String given(ConninfoKeyword keyword, String otherwise) {
        String value = given(keyword);
        return value == null ? otherwise : value;
    }

    /** Returns the value given by the conninfo itself, or null. */
    @Nullable
    String written(ConninfoKeyword keyword) {
        String value = conninfo.values().get(keyword);
        return value == null || value.isEmpty() ? null : value;
    }

    String get(ConninfoKeyword keyword, String otherwise) {
        String value = get(keyword);
        return value == null ? otherwise : value;
    }

    /** Returns one of {@code allowed}; an empty value is none of them. */
    String choice(ConninfoKeyword keyword, String otherwise, List<String> allowed) {
        String value = given(keyword, otherwise);
        if (!allowed.contains(value)) {
            throw new ConfigurationException("invalid %s value: \"%s\"".formatted(keyword.word(), value));
        }
        return value;
    }

    /** Returns a number, white space around it allowed as strtol does. */
    int integer(ConninfoKeyword keyword, int otherwise) {
        String value = get(keyword);
        return value == null ? otherwise : integer(keyword, value);
    }

    static int integer(ConninfoKeyword keyword, String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new ConfigurationException(
                    "invalid integer value \"%s\" for connection option \"%s\"".formatted(value, keyword.word()));
        }
    }

    /** Refuses a demand that is not met, by its name. */
    void refuse(ConninfoKeyword keyword) {
        if (get(keyword) != null) {
            throw new ConfigurationException("%s is not supported%s".formatted(keyword.word(), origin(keyword)));
        }
    }

    /** Refuses every value of a keyword but {@code harmless}. */
    void refuseUnless(ConninfoKeyword keyword, List<String> harmless) {
        String value = get(keyword);
        if (value != null && !harmless.contains(value)) {
            throw new ConfigurationException(
                    "%s=%s is not supported%s".formatted(keyword.word(), value, origin(keyword)));
        }
    }

    /** Who did not write the keyword has to be told where it comes from. */
    private String origin(ConninfoKeyword keyword) {
        if (conninfo.values().containsKey(keyword)) {
            return "";
        }
        return service.containsKey(keyword)
                ? " (service %s)".formatted(get(ConninfoKeyword.SERVICE))
                : " (environment variable %s)".formatted(keyword.environmentVariable());
    }

    /** Returns a path, {@code ~/} not expanded, as libpq. */
    @Nullable
    Path path(ConninfoKeyword keyword) {
        String value = get(keyword);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) { // with characters that the locale does not have
            throw new ConfigurationException("invalid %s value: \"%s\"".formatted(keyword.word(), value));
        }
    }

    /** Returns a file below the user's home directory, or null if that is not known. */
    @Nullable
    Path inHome(String first, String... more) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        return home.isEmpty() ? null : Path.of(home, first).resolve(Path.of("", more));
    }
}
