// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the texts of some settings must look like, and the form in which they are shown. Stateless. */
final class TextRules {
    private static final int MAX_NAME_BYTES = 63;
    private static final int ESCAPED_NAMES = 16;
    private static final int CAPITAL_DATESTYLE = 18;
    private static final Pattern VERSION = Pattern.compile("(1[4-8])(\\.[0-9]{1,2})?( .*)?");
    private static final Pattern HOURS = Pattern.compile("([+-]?)([0-9]{1,2})");
    private static final Pattern POSIX_ZONE =
            Pattern.compile("(<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})[+-]?[0-9]{1,3}(:[0-9]{2}){0,2}[A-Za-z0-9<>:+,./-]*");

    private TextRules() {}

    /** A name that others see: at most 63 bytes, and nothing but ASCII. */
    static String name(Setting setting, String text, int major) {
        StringBuilder name = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            if (b >= 32 && b <= 126) {
                name.append((char) b);
            } else {
                name.append(major >= ESCAPED_NAMES ? "\\x%02x".formatted(b & 0xFF) : "?");
            }
        }
        return name.length() > MAX_NAME_BYTES ? name.substring(0, MAX_NAME_BYTES) : name.toString();
    }

    /** Empty, or a version of PostgreSQL that can be served. */
    static String serverVersion(Setting setting, String text, int major) {
        if (!text.isEmpty() && !VERSION.matcher(text).matches()) {
            throw InvalidSettingException.value(
                    setting.name(), text, null, "A version of PostgreSQL from 14 to 18, for example 15.0.");
        }
        return text;
    }

    /** An encoding that PostgreSQL knows, by its own name. */
    static String encoding(Setting setting, String text, int major) {
        String name = EncodingNames.canonical(text);
        if (name == null) {
            throw InvalidSettingException.value(setting.name(), text, null, null);
        }
        return name;
    }

    /** A style and an order, each at most once; shown as {@code ISO, MDY}. */
    static String dateStyle(Setting setting, String text, int major) {
        if (text.isBlank()) {
            return "ISO, MDY";
        }
        String style = null;
        String order = null;
        for (String item : text.split(",", -1)) {
            String word = item.strip().toLowerCase(Locale.ROOT);
            if (word.equals("default")) {
                style = style == null ? "ISO" : style;
                order = order == null ? "MDY" : order;
                continue;
            }
            String newStyle = style(word);
            String newOrder = newStyle == null ? order(word) : word.equals("german") && order == null ? "DMY" : null;
            if (newStyle == null && newOrder == null) {
                throw InvalidSettingException.value(
                        setting.name(), text, "Unrecognized key word: \"" + word + "\".", null);
            }
            boolean conflict = newStyle == null
                    ? order != null && !order.equals(newOrder) && !"German".equals(style)
                    : style != null && !style.equals(newStyle);
            if (conflict) {
                String shown = major >= CAPITAL_DATESTYLE ? "DateStyle" : "datestyle";
                throw InvalidSettingException.value(
                        setting.name(), text, "Conflicting \"" + shown + "\" specifications.", null);
            }
            style = newStyle == null ? style : newStyle;
            order = newOrder == null ? order : newOrder;
        }
        return (style == null ? "ISO" : style) + ", " + (order == null ? "MDY" : order);
    }

    private static @Nullable String style(String word) {
        if (word.startsWith("postgres")) {
            return "Postgres";
        }
        return switch (word) {
            case "iso" -> "ISO";
            case "sql" -> "SQL";
            case "german" -> "German";
            default -> null;
        };
    }

    private static @Nullable String order(String word) {
        if (word.startsWith("euro")) {
            return "DMY";
        }
        if (word.startsWith("noneuro")) {
            return "MDY";
        }
        return switch (word) {
            case "ymd" -> "YMD";
            case "dmy" -> "DMY";
            case "mdy", "us" -> "MDY";
            default -> null;
        };
    }

    /** A zone's name, hours from UTC, or a zone in the form of POSIX. */
    static String timeZone(Setting setting, String text, int major) {
        Matcher hours = HOURS.matcher(text);
        if (hours.matches()) {
            boolean west = hours.group(1).equals("-");
            int count = Integer.parseInt(hours.group(2));
            return "<%s%02d>%s%02d".formatted(west ? "-" : "+", count, west ? "+" : "-", count);
        }
        for (String id : ZoneId.getAvailableZoneIds()) {
            if (id.equalsIgnoreCase(text)) {
                return id;
            }
        }
        if (!POSIX_ZONE.matcher(text).matches()) {
            throw InvalidSettingException.value(setting.name(), text, null, null);
        }
        return text;
    }
}
