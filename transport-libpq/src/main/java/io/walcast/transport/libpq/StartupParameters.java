// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.transport.ConnectOptions.Mode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of the startup message, in libpq's order. */
final class StartupParameters {
    private static final Map<String, String> BY_ENVIRONMENT =
            Map.of("PGDATESTYLE", "datestyle", "PGTZ", "timezone", "PGGEQO", "geqo");
    /** So that a subscriber reads values the same whatever the server's settings. */
    private static final String LOGICAL_OPTIONS = "-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3";

    private StartupParameters() {}

    /** A {@code replication} of the user's is not looked at: the mode decides. */
    static Map<String, String> of(
            ConninfoValues values, Mode mode, String user, String database, String fallbackApplicationName) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", user);
        parameters.put("database", database);
        if (mode != Mode.SQL) {
            parameters.put("replication", mode == Mode.PHYSICAL ? "true" : "database");
        }
        putIfGiven(parameters, "options", options(values, mode));
        String fallback = values.get(ConninfoKeyword.FALLBACK_APPLICATION_NAME, fallbackApplicationName);
        putIfGiven(parameters, "application_name", values.get(ConninfoKeyword.APPLICATION_NAME, fallback));
        putIfGiven(parameters, "client_encoding", clientEncoding(values, mode));
        if (mode == Mode.PHYSICAL) {
            BY_ENVIRONMENT.forEach((variable, setting) ->
                    putIfGiven(parameters, setting, values.environment().get(variable)));
        }
        return parameters;
    }

    private static @Nullable String options(ConninfoValues values, Mode mode) {
        String given = values.get(ConninfoKeyword.OPTIONS);
        if (mode != Mode.LOGICAL) {
            return given;
        }
        return given == null ? LOGICAL_OPTIONS : given + " " + LOGICAL_OPTIONS;
    }

    /** Text is read as UTF-8 here, so only a physical connection, which has none but names, leaves it to the user. */
    private static @Nullable String clientEncoding(ConninfoValues values, Mode mode) {
        String given = values.get(ConninfoKeyword.CLIENT_ENCODING);
        return mode == Mode.PHYSICAL && !"auto".equals(given) ? given : "UTF8";
    }

    private static void putIfGiven(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            parameters.put(name, value);
        }
    }
}
