// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, in text as in {@code postgresql.conf}: {@code 2GB}, {@code 512MB}; units are powers of 1024.
 *
 * @param bytes the number
 */
record ByteSize(long bytes) {
    private static final Pattern TEXT_FORM = Pattern.compile("(\\d{1,9})(kB|MB|GB)");
    private static final double GIGABYTE = 1L << 30;

    ByteSize {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes: " + bytes + " (expected: more than 0)");
        }
    }

    static ByteSize parse(String text) {
        Matcher matcher = TEXT_FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("size: '" + text + "' (expected: a number and kB, MB or GB)");
        }
        int shift = switch (matcher.group(2)) {
            case "kB" -> 10;
            case "MB" -> 20;
            default -> 30;
        };
        return new ByteSize(Long.parseLong(matcher.group(1)) << shift);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f GB", bytes / GIGABYTE);
    }
}
