// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.FromServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Writes every field of a message down, but for those that differ from one server to the next. Stateless. */
final class MessageText {
    private static final Pattern PROCESS = Pattern.compile("PID \\d+");

    /** Which line of the source an error comes from. */
    private static final String OF_THE_SOURCE = "FLR";

    private MessageText() {}

    static String of(BackendMessage message) {
        ByteBuffer in = message.body();
        return switch (message.tag()) {
            case 'R' -> "R " + in.getInt();
            case 'S' -> "S " + text(in) + "=" + text(in);
            case 'K' -> "K, key of " + (in.remaining() - Integer.BYTES) + " bytes";
            case 'Z' -> "Z " + (char) in.get() + rest(in);
            case 'T' -> rowDescription(in);
            case 'D' -> dataRow(in);
            case 'C' -> "C " + text(in) + rest(in);
            case 'E', 'N' -> errorOrNotice(message);
            case 'W' -> "W " + in.get() + " " + in.getShort() + rest(in);
            case 'v' -> negotiation(in);
            case 'd' -> streamed(message);
            default -> message.tag() + rest(in);
        };
    }

    private static String rowDescription(ByteBuffer in) {
        StringJoiner columns = new StringJoiner(", ", "T ", "");
        for (int i = in.getShort(); i > 0; i--) {
            columns.add("%s table %d attribute %d type %d length %d modifier %d format %d"
                    .formatted(
                            text(in),
                            in.getInt(),
                            in.getShort(),
                            in.getInt(),
                            in.getShort(),
                            in.getInt(),
                            in.getShort()));
        }
        return columns + rest(in);
    }

    private static String dataRow(ByteBuffer in) {
        StringJoiner values = new StringJoiner(" | ", "D ", "");
        for (int i = in.getShort(); i > 0; i--) {
            int length = in.getInt();
            if (length < 0) {
                values.add("NULL");
            } else {
                byte[] value = new byte[length];
                in.get(value);
                values.add("'" + new String(value, StandardCharsets.UTF_8) + "'");
            }
        }
        return values + rest(in);
    }

    private static String errorOrNotice(BackendMessage message) {
        StringJoiner fields = new StringJoiner("; ", message.tag() + " ", "");
        message.fields().forEach((type, value) -> {
            if (OF_THE_SOURCE.indexOf(type) < 0) {
                fields.add(type + "=" + value);
            }
        });
        return PROCESS.matcher(fields.toString()).replaceAll("PID ...");
    }

    private static String negotiation(ByteBuffer in) {
        int newest = in.getInt();
        StringJoiner text = new StringJoiner(" ", "v " + (newest >> 16) + "." + (newest & 0xFFFF) + " ", "");
        for (int i = in.getInt(); i > 0; i--) {
            text.add(text(in));
        }
        return text + rest(in);
    }

    private static String streamed(BackendMessage message) {
        FromServer decoded = message.decode();
        if (decoded instanceof FromServer.Keepalive keepalive) {
            return "k " + keepalive.walEnd() + (keepalive.replyRequested() ? " reply requested" : "");
        }
        return String.valueOf(decoded);
    }

    private static String text(ByteBuffer in) {
        int start = in.position();
        while (in.get() != 0) {
            // to the end of the text
        }
        byte[] bytes = new byte[in.position() - start - 1];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String rest(ByteBuffer in) {
        return in.hasRemaining() ? " and " + in.remaining() + " bytes more" : "";
    }
}
