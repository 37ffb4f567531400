// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Text from a peer, fit for a log and for a terminal: no line breaks, no commands, nothing that looks like what it is not. */
public final class PrintableText {
    /** No text is longer than this. */
    public static final int MAX_LENGTH = 1024;

    private static final String CUT = "...";
    private static final String ESCAPED = "\\x%02x";
    private static final int LINE_SEPARATOR = 0x2028;
    private static final int PARAGRAPH_SEPARATOR = 0x2029;

    private PrintableText() {}

    /**
     * Returns {@code text} with each byte of its UTF-8 form that is not printable ASCII as {@code \xNN}
     * ({@code pg_clean_ascii}); what is longer than {@link #MAX_LENGTH} is cut, and ends with three dots.
     */
    public static String of(String text) {
        // No byte takes less than a character: what comes after these is not shown.
        byte[] bytes =
                text.substring(0, Math.min(text.length(), MAX_LENGTH + 1)).getBytes(UTF_8);
        StringBuilder out = new StringBuilder();
        int shownWhenCut = 0;
        for (int i = 0; i < bytes.length && out.length() <= MAX_LENGTH; i++) {
            if (out.length() <= MAX_LENGTH - CUT.length()) {
                shownWhenCut = out.length();
            }
            append(out, bytes[i]);
        }
        if (out.length() > MAX_LENGTH) {
            out.setLength(shownWhenCut);
            out.append(CUT);
        }
        return out.toString();
    }

    /**
     * Returns {@code text}, of any language and any number of lines, with what would steer a terminal or turn a line around as
     * {@code \xNN}, byte by byte: control characters but for the line feed and the tab, and invisible ones ({@code Cf}).
     */
    public static String ofLines(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean steers = Character.isISOControl(c) && c != '\n' && c != '\t';
            if (steers || Character.getType(c) == Character.FORMAT || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR) {
                for (byte value : Character.toString(c).getBytes(UTF_8)) {
                    out.append(ESCAPED.formatted(value & 0xFF));
                }
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static void append(StringBuilder out, byte value) {
        if (value >= ' ' && value < 0x7F) {
            out.append((char) value);
        } else {
            out.append(ESCAPED.formatted(value & 0xFF));
        }
    }
}
