// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows as {@code psql} prints them; a column in which no row has a value is left out. What would be too wide is printed with
 * a line for each value.
 */
final class Table {
    private static final int WIDEST = 120;

    private Table() {}

    /** Returns the lines. */
    static List<String> lines(List<? extends Map<?, ?>> rows) {
        List<String> lines = aligned(rows);
        return lines.stream().anyMatch(line -> line.length() > WIDEST) ? expanded(rows) : lines;
    }

    private static List<String> expanded(List<? extends Map<?, ?>> rows) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            lines.add("-[ " + (i + 1) + " ]" + "-".repeat(20));
            rows.get(i).forEach((column, value) -> {
                if (value != null) {
                    lines.add(" %-21s | %s".formatted(column, value));
                }
            });
        }
        return lines;
    }

    private static List<String> aligned(List<? extends Map<?, ?>> rows) {
        Map<String, Integer> widths = new LinkedHashMap<>();
        for (Map<?, ?> row : rows) {
            row.forEach((column, value) -> {
                if (value != null) {
                    String name = String.valueOf(column);
                    widths.merge(name, Math.max(name.length(), text(value).length()), Math::max);
                }
            });
        }
        List<String> lines = new ArrayList<>();
        List<String> heads = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        widths.forEach((name, width) -> {
            heads.add(padded(name, width));
            rules.add("-".repeat(width + 2));
        });
        lines.add((" " + String.join(" | ", heads)).stripTrailing());
        lines.add(String.join("+", rules));
        for (Map<?, ?> row : rows) {
            List<String> cells = new ArrayList<>();
            widths.forEach((name, width) -> cells.add(padded(text(row.get(name)), width)));
            lines.add((" " + String.join(" | ", cells)).stripTrailing());
        }
        return lines;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
