// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The encodings that PostgreSQL knows (manual, "Supported Character Sets"), with their other names. Stateless. */
final class EncodingNames {
    private static final List<String> NAMES = List.of(
            "BIG5",
            "EUC_CN",
            "EUC_JIS_2004",
            "EUC_JP",
            "EUC_KR",
            "EUC_TW",
            "GB18030",
            "GBK",
            "ISO_8859_5",
            "ISO_8859_6",
            "ISO_8859_7",
            "ISO_8859_8",
            "JOHAB",
            "KOI8R",
            "KOI8U",
            "LATIN1",
            "LATIN2",
            "LATIN3",
            "LATIN4",
            "LATIN5",
            "LATIN6",
            "LATIN7",
            "LATIN8",
            "LATIN9",
            "LATIN10",
            "MULE_INTERNAL",
            "SHIFT_JIS_2004",
            "SJIS",
            "SQL_ASCII",
            "UHC",
            "UTF8",
            "WIN1250",
            "WIN1251",
            "WIN1252",
            "WIN1253",
            "WIN1254",
            "WIN1255",
            "WIN1256",
            "WIN1257",
            "WIN1258",
            "WIN866",
            "WIN874");
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("unicode", "UTF8"),
            Map.entry("mskanji", "SJIS"),
            Map.entry("shiftjis", "SJIS"),
            Map.entry("win932", "SJIS"),
            Map.entry("win936", "GBK"),
            Map.entry("win949", "UHC"),
            Map.entry("win950", "BIG5"),
            Map.entry("windows932", "SJIS"),
            Map.entry("windows936", "GBK"),
            Map.entry("windows949", "UHC"),
            Map.entry("windows950", "BIG5"),
            Map.entry("koi8", "KOI8R"),
            Map.entry("alt", "WIN866"),
            Map.entry("win", "WIN1251"),
            Map.entry("abc", "WIN1258"),
            Map.entry("tcvn", "WIN1258"),
            Map.entry("tcvn5712", "WIN1258"),
            Map.entry("vscii", "WIN1258"),
            Map.entry("iso88591", "LATIN1"),
            Map.entry("iso88592", "LATIN2"),
            Map.entry("iso88593", "LATIN3"),
            Map.entry("iso88594", "LATIN4"),
            Map.entry("iso88599", "LATIN5"),
            Map.entry("iso885910", "LATIN6"),
            Map.entry("iso885913", "LATIN7"),
            Map.entry("iso885914", "LATIN8"),
            Map.entry("iso885915", "LATIN9"),
            Map.entry("iso885916", "LATIN10"));
    private static final Map<String, String> BY_KEY = new HashMap<>(ALIASES);

    static {
        for (String name : NAMES) {
            BY_KEY.put(key(name), name);
            if (name.startsWith("WIN")) {
                BY_KEY.put("windows" + name.substring(3), name);
            }
        }
    }

    private EncodingNames() {}

    /** Returns PostgreSQL's name of the encoding that is called {@code text}; null if there is none. */
    static @Nullable String canonical(String text) {
        return BY_KEY.get(key(text));
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
