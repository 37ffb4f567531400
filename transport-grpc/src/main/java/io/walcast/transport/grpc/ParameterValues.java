// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conninfo with the environment behind it. Immutable.
 *
 * @param conninfo what was written
 * @param environment variables of the process
 */
record ParameterValues(GrpcConninfo conninfo, Map<String, String> environment) {

    /** Returns the value given by conninfo or else by the environment, or null; an empty one counts as none. */
    @Nullable
    String get(GrpcParameter parameter) {
        String written = conninfo.values().get(parameter);
        String variable = parameter.environmentVariable();
        String value = written == null && variable != null ? environment.get(variable) : written;
        return value == null || value.isEmpty() ? null : value;
    }

    String get(GrpcParameter parameter, String otherwise) {
        String value = get(parameter);
        return value == null ? otherwise : value;
    }

    boolean isWritten(GrpcParameter parameter) {
        return conninfo.values().containsKey(parameter);
    }

    /** Returns one of {@code allowed}. */
    String choice(GrpcParameter parameter, String otherwise, List<String> allowed) {
        String value = get(parameter, otherwise);
        if (!allowed.contains(value)) {
            throw new ConfigurationException("invalid %s value: \"%s\" (expected: %s)"
                    .formatted(parameter.word(), value, String.join(", ", allowed)));
        }
        return value;
    }

    /** Returns a number, white space around it allowed as libpq does. */
    int integer(GrpcParameter parameter, int otherwise) {
        String value = get(parameter);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new ConfigurationException(
                    "invalid integer value \"%s\" for connection option \"%s\"".formatted(value, parameter.word()));
        }
    }

    /** Returns a path, {@code ~/} not expanded, as libpq. */
    @Nullable
    Path path(GrpcParameter parameter) {
        String value = get(parameter);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw new ConfigurationException("invalid %s value".formatted(parameter.word()));
        }
    }

    /** The environment may hold secrets. */
    @Override
    public String toString() {
        return conninfo.display();
    }

    /** Returns a file below the user's home directory, or null if that is not known. */
    @Nullable
    Path inHome(String name) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        return home.isEmpty() ? null : Path.of(home, name);
    }
}
