// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.walcast.auth.AccessRules;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.server.RoleName;
import io.walcast.transport.server.StartupOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself, checked.
 *
 * @param mode what it wants
 * @param user who it says it is
 * @param database what it wants to see; null for physical replication, which has none
 * @param settings for the session, those of {@code options} first
 * @param secret that goes with the user; null if none came
 */
record LoginRequest(
        Mode mode,
        String user,
        @Nullable String database,
        Map<String, String> settings,
        @Nullable String secret) {
    private static final Metadata.Key<String> AUTHORIZATION = ascii("authorization");
    private static final Metadata.Key<String> USER = ascii("walcast-user");
    private static final Metadata.Key<String> APPLICATION_NAME = ascii("walcast-application-name");
    private static final Pattern BEARER = Pattern.compile("(?i)bearer +([^ ](?:.*[^ ])?) *");
    private static final int MOST_PARAMETERS = 64;
    private static final int LONGEST_NAME = 63;
    private static final int LONGEST_VALUE = 1_024;

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /**
     * Reads the begin of a session.
     *
     * @throws ServerErrorException FATAL, if it says what cannot be
     */
    static LoginRequest of(Begin begin, Metadata headers, Caller caller, AccessRules rules) {
        Mode mode = switch (begin.getMode()) {
            case MODE_PHYSICAL -> Mode.PHYSICAL;
            case MODE_LOGICAL -> Mode.LOGICAL;
            case MODE_SQL -> Mode.SQL;
            case UNRECOGNIZED ->
                throw fatal(SqlState.INVALID_PARAMETER_VALUE, "unknown mode %d".formatted(begin.getModeValue()));
        };
        return of(mode, begin.getUser(), begin.getDatabase(), begin.getParametersMap(), headers, caller, rules);
    }

    /**
     * Reads what came with a call that is a session of its own.
     *
     * @throws ServerErrorException FATAL, if it says what cannot be
     */
    static LoginRequest of(Metadata headers, Caller caller, AccessRules rules) {
        String user = headers.get(USER);
        String application = headers.get(APPLICATION_NAME);
        Map<String, String> parameters = application == null ? Map.of() : Map.of("application_name", application);
        return of(Mode.PHYSICAL, user == null ? "" : user, "", parameters, headers, caller, rules);
    }

    private static LoginRequest of(
            Mode mode,
            String givenUser,
            String givenDatabase,
            Map<String, String> parameters,
            Metadata headers,
            Caller caller,
            AccessRules rules) {
        String user = RoleName.cut(
                checkedUser(givenUser.isEmpty() ? NamedUser.of(caller, rules, mode, givenDatabase) : givenUser));
        String database = givenDatabase.isEmpty() ? user : RoleName.cut(checked(givenDatabase));
        return new LoginRequest(
                mode, user, mode == Mode.PHYSICAL ? null : database, settings(parameters), secret(headers));
    }

    private static String checkedUser(String user) {
        if (user.isEmpty()) {
            throw fatal(SqlState.INVALID_AUTHORIZATION, "no PostgreSQL user name specified");
        }
        if (user.chars().anyMatch(Character::isISOControl)) {
            throw fatal(SqlState.INVALID_AUTHORIZATION, "role name contains control character");
        }
        return user;
    }

    private static Map<String, String> settings(Map<String, String> parameters) {
        if (parameters.size() > MOST_PARAMETERS) {
            throw fatal(SqlState.PROTOCOL_VIOLATION, "more than %d parameters".formatted(MOST_PARAMETERS));
        }
        Map<String, String> settings = new LinkedHashMap<>();
        String options = parameters.get("options");
        if (options != null) {
            StartupOptions.parse(checked(options), settings);
        }
        parameters.forEach((name, value) -> {
            if (name.isEmpty() || name.length() > LONGEST_NAME) {
                throw fatal(SqlState.PROTOCOL_VIOLATION, "name of a parameter not of 1 to %d".formatted(LONGEST_NAME));
            }
            String lower = checked(name).toLowerCase(Locale.ROOT);
            if (!lower.equals("options")) {
                settings.remove(lower);
                settings.put(lower, checked(value));
            }
        });
        return settings;
    }

    private static String checked(String value) {
        if (value.length() > LONGEST_VALUE) {
            throw fatal(SqlState.PROTOCOL_VIOLATION, "value of a parameter longer than %d".formatted(LONGEST_VALUE));
        }
        if (value.indexOf('\0') >= 0) {
            throw fatal(new SqlState("22021"), "invalid byte sequence for encoding \"UTF8\": 0x00");
        }
        return value;
    }

    private static @Nullable String secret(Metadata headers) {
        String authorization = headers.get(AUTHORIZATION);
        Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
        return bearer.matches() ? bearer.group(1) : null;
    }

    private static ServerErrorException fatal(SqlState state, String message) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, null, null));
    }

    /** Shows no secret. */
    @Override
    public String toString() {
        return "LoginRequest[mode=" + mode + ", user=" + user + "]";
    }
}
