// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a conninfo says, in either of its forms (PostgreSQL manual, "Connection Strings"); nothing is filled in yet.
 *
 * @param values values by keyword; an empty value counts as given
 */
record Conninfo(Map<ConninfoKeyword, String> values) {
    /** The keyword before there was {@code sslmode}, which is understood still. */
    static final String REQUIRESSL = "requiressl";

    private static final String MASK = "********";
    private static final Pattern OTHER_SCHEME = Pattern.compile("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*");

    Conninfo {
        values = Map.copyOf(values);
    }

    /** Returns whether {@code text} can be a conninfo: one of the two URI schemes, or no URI at all. */
    static boolean claims(String text) {
        return UriConninfo.claims(text) || !OTHER_SCHEME.matcher(text).matches();
    }

    /**
     * Parses {@code text}.
     *
     * @throws ConfigurationException in libpq's words; values of secrets are not repeated
     */
    static Conninfo parse(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new ConfigurationException("NUL in connection info string");
        }
        Map<ConninfoKeyword, String> values = new EnumMap<>(ConninfoKeyword.class);
        if (UriConninfo.claims(text)) {
            new UriConninfo(text, values).parse();
        } else {
            new KeywordConninfo(text, values).parse();
        }
        return new Conninfo(values);
    }

    /** Returns the {@code sslmode} that a value of {@link #REQUIRESSL} stands for. */
    static String sslmodeOfRequiressl(String value) {
        return value.startsWith("1") ? "require" : "prefer";
    }

    /** Returns {@code keyword=value} pairs without quoting, secrets masked, debugging options and empty ones left out. */
    String display() {
        return new TreeMap<>(values)
                .entrySet().stream()
                        .filter(e -> e.getKey().isShown() && !e.getValue().isEmpty())
                        .map(e -> e.getKey().word() + "=" + (e.getKey().isSecret() ? MASK : e.getValue()))
                        .collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
        return display();
    }
}
