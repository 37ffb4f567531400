// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What differs between two states of the API.
 *
 * @param incompatible what breaks who is compiled against the older one, a line each
 * @param compatible what is new
 */
record ApiChanges(List<String> incompatible, List<String> compatible) {
    private static final String ABSTRACT = "abstract";

    static ApiChanges between(Map<String, String> older, Map<String, String> newer) {
        List<String> incompatible = new ArrayList<>();
        List<String> compatible = new ArrayList<>();
        new TreeMap<>(older).forEach((what, was) -> {
            String is = newer.get(what);
            if (is == null) {
                incompatible.add("gone: `" + what + "` (" + was + ")");
            } else if (!is.equals(was)) {
                String line = "changed: `" + what + "` from `" + was + "` to `" + is + "`";
                (isLooser(was, is) ? compatible : incompatible).add(line);
            }
        });
        new TreeMap<>(newer).forEach((what, is) -> {
            if (!older.containsKey(what)) {
                boolean mustBeImplemented =
                        List.of(is.split(" ")).contains(ABSTRACT) && older.containsKey(typeOf(what));
                (mustBeImplemented ? incompatible : compatible).add("new: `" + what + "` (" + is + ")");
            }
        });
        return new ApiChanges(incompatible, compatible);
    }

    /** A body where there was none, and an end of {@code final}, break nobody. */
    private static boolean isLooser(String was, String is) {
        return without(was).equals(without(is))
                && !is.contains(ABSTRACT)
                && (was.contains("final") || !is.contains("final"));
    }

    private static String without(String line) {
        return line.replaceAll("\\b(abstract|default|final) ?", "").strip();
    }

    /** A member has a blank before its name; a type's own line has none. */
    private static String typeOf(String what) {
        int blank = what.indexOf(' ');
        return blank < 0 ? "" : what.substring(0, blank);
    }

    /** Returns the report. */
    String report() {
        return """
                # Changes of the transport API

                What differs from the API that is promised, [api/promised.txt](api/promised.txt). Written by `ApiChangesTest`, not by
                hand; how to announce a change is told in [writing-a-transport.md](writing-a-transport.md#versions).

                ## Incompatible

                %s

                ## Compatible

                %s
                """.formatted(list(incompatible), list(compatible));
    }

    private static String list(List<String> lines) {
        return lines.isEmpty() ? "Nothing." : "- " + String.join("\n- ", lines);
    }
}
