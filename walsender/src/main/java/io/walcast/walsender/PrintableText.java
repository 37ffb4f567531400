// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

/** Text from a peer, fit for a log. Stateless. */
final class PrintableText {
    private static final int MAX_LENGTH = 1024;

    private PrintableText() {}

    /** Returns {@code text} with all that is not printable ASCII as {@code \xNN}, cut after 1024 characters. */
    static String of(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < MAX_LENGTH; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F) {
                out.append(c);
            } else {
                out.append("\\x%02x".formatted((int) c));
            }
        }
        return out.toString();
    }
}
