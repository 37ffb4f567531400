// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The unit in which the number of a setting is kept ({@code GUC_UNIT_…}), and those in which it may be written. */
enum SettingUnit {
    /** A plain number. */
    NONE("", 0, 0),
    /** Bytes. */
    B("B", 1, 0),
    /** 1024 bytes. */
    KB("kB", 1 << 10, 0),
    /** 1024 kB. */
    MB("MB", 1 << 20, 0),
    /** Milliseconds. */
    MS("ms", 0, 1_000),
    /** Seconds. */
    S("s", 0, 1_000_000),
    /** Minutes. */
    MIN("min", 0, 60_000_000);

    private static final List<Written> MEMORY = List.of(
            new Written("TB", 1L << 40),
            new Written("GB", 1L << 30),
            new Written("MB", 1L << 20),
            new Written("kB", 1L << 10),
            new Written("B", 1));
    private static final List<Written> TIME = List.of(
            new Written("d", 86_400_000_000L),
            new Written("h", 3_600_000_000L),
            new Written("min", 60_000_000),
            new Written("s", 1_000_000),
            new Written("ms", 1_000),
            new Written("us", 1));

    private final String symbol;
    private final long bytes;
    private final long micros;

    SettingUnit(String symbol, long bytes, long micros) {
        this.symbol = symbol;
        this.bytes = bytes;
        this.micros = micros;
    }

    /** Returns the unit as it is written, empty for none. */
    String symbol() {
        return symbol;
    }

    /** Returns how many bytes one is; 0 if it is no unit of memory. */
    long bytes() {
        return bytes;
    }

    /** Returns how many microseconds one is; 0 if it is no unit of time. */
    long micros() {
        return micros;
    }

    /** Returns the sentence that says which units may be written; null if none may. */
    @Nullable
    String hint() {
        if (this == NONE) {
            return null;
        }
        return bytes > 0
                ? "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\"."
                : "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".";
    }

    /**
     * Returns {@code number} of the unit {@code written} in this unit; NaN if there is no such unit. A fraction is first
     * rounded to a whole number of the next smaller unit, so that "30.1GB" is a whole number of MB.
     */
    double convert(double number, String written) {
        List<Written> units = units();
        for (int i = 0; i < units.size(); i++) {
            if (units.get(i).symbol.equals(written)) {
                double converted = number * units.get(i).size / own();
                if (i + 1 < units.size()) {
                    double smaller = (double) units.get(i + 1).size / own();
                    converted = Math.rint(converted / smaller) * smaller;
                }
                return converted;
            }
        }
        return Double.NaN;
    }

    /** Returns {@code number} as {@code SHOW} prints it: in the largest unit that leaves no rest. */
    String print(long number) {
        if (this == NONE || number <= 0) {
            return Long.toString(number);
        }
        for (Written unit : units()) {
            if (unit.size <= own()) {
                return number + symbol;
            }
            long ratio = unit.size / own();
            if (number % ratio == 0) {
                return number / ratio + unit.symbol;
            }
        }
        return number + symbol;
    }

    private long own() {
        return Math.max(bytes, micros);
    }

    private List<Written> units() {
        if (this == NONE) {
            return List.of();
        }
        return bytes > 0 ? MEMORY : TIME;
    }

    private record Written(String symbol, long size) {}
}
