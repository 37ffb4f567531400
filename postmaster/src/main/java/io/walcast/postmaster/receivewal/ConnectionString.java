// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.receivewal.UsageException.Form.ERROR;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts single options behind a connection string, where they override what it says.
 *
 * <p>A key=value string gets quoted pairs, a PostgreSQL URI gets query parameters. The strings of other transports have
 * forms of their own and are left alone.
 */
final class ConnectionString {
    private static final Pattern POSTGRESQL_URI = Pattern.compile("postgres(ql)?://.*", Pattern.DOTALL);
    private static final Pattern OTHER_URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*", Pattern.DOTALL);

    private ConnectionString() {}

    /**
     * Returns whether single options can be put behind {@code conninfo}. A transport whose strings have another form asks for a
     * password that was typed before.
     */
    static boolean takesOptions(@Nullable String conninfo) {
        return conninfo == null
                || POSTGRESQL_URI.matcher(conninfo).matches()
                || !OTHER_URI.matcher(conninfo).matches();
    }

    /**
     * Returns what {@code options} ask to connect with.
     *
     * @param password a password that was asked for, or null
     */
    static String of(ReceiveWalOptions options, @Nullable String password) {
        Map<String, String> overriding = new LinkedHashMap<>();
        put(overriding, "host", options.host);
        put(overriding, "port", options.port);
        put(overriding, "user", options.user);
        if (takesOptions(options.connectionString)) {
            put(overriding, "password", password);
        }
        return with(options.connectionString == null ? "" : options.connectionString, overriding);
    }

    private static void put(Map<String, String> map, String keyword, @Nullable String value) {
        if (value != null) {
            map.put(keyword, value);
        }
    }

    private static String with(String conninfo, Map<String, String> overriding) {
        StringBuilder result = new StringBuilder(conninfo);
        boolean isUri = POSTGRESQL_URI.matcher(conninfo).matches();
        if (!overriding.isEmpty() && !takesOptions(conninfo)) {
            throw new UsageException(
                    ERROR, "this connection string cannot be combined with single options for host, port or user");
        }
        overriding.forEach((keyword, value) -> {
            if (isUri) {
                result.append(result.indexOf("?") < 0 ? '?' : '&')
                        .append(keyword)
                        .append('=');
                result.append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
            } else {
                result.append(result.length() == 0 ? "" : " ").append(keyword).append("='");
                result.append(value.replace("\\", "\\\\").replace("'", "\\'")).append('\'');
            }
        });
        return result.toString();
    }
}
