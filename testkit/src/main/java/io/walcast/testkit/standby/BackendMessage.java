// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.transport.Reply.Column;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of a server, as it came.
 *
 * @param tag its first byte
 * @param body what follows the length
 */
public record BackendMessage(char tag, ByteBuffer body) {
    public BackendMessage {
        requireNonNull(body, "body");
        body = body.asReadOnlyBuffer();
    }

    /** Returns the body once more, from its begin on. */
    @Override
    public ByteBuffer body() {
        return body.duplicate();
    }

    /** Returns what it means. */
    public FromServer decode() {
        ByteBuffer in = body();
        return switch (tag) {
            case 'T' -> rowDescription(in);
            case 'D' -> dataRow(in);
            case 'C' -> new FromServer.CommandComplete(text(in));
            case 'Z' -> new FromServer.Ready();
            case 'W' -> new FromServer.CopyBoth();
            case 'd' -> streamed(in);
            case 'c' -> new FromServer.CopyDone();
            case 'E' -> new FromServer.Failed(errorFields());
            case 'N' -> new FromServer.Notice(errorFields());
            case 'S' -> new FromServer.ParameterStatus(text(in), text(in));
            default -> new FromServer.Other(this);
        };
    }

    private static FromServer rowDescription(ByteBuffer in) {
        int count = in.getShort();
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = text(in);
            in.getInt();
            in.getShort();
            int type = in.getInt();
            int length = in.getShort();
            int modifier = in.getInt();
            in.getShort();
            columns.add(new Column(name, type, length, modifier));
        }
        return new FromServer.RowDescription(columns);
    }

    private static FromServer dataRow(ByteBuffer in) {
        int count = in.getShort();
        List<byte @Nullable []> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = in.getInt();
            if (length < 0) {
                values.add(null);
            } else {
                byte[] value = new byte[length];
                in.get(value);
                values.add(value);
            }
        }
        return new FromServer.DataRow(values);
    }

    private static FromServer streamed(ByteBuffer in) {
        ServerMessage message = ServerMessageCodec.decode(in);
        if (message instanceof ServerMessage.XLogData data) {
            return new FromServer.Wal(data.start(), data.serverEnd(), data.sentAt(), data.payload());
        }
        if (message instanceof ServerMessage.Keepalive keepalive) {
            return new FromServer.Keepalive(keepalive.serverEnd(), keepalive.sentAt(), keepalive.replyRequested());
        }
        throw new AssertionError("not a message of a stream: " + message);
    }

    /** Returns the fields of an {@code ErrorResponse} or {@code NoticeResponse}, by their type, in their order. */
    public Map<Character, String> fields() {
        Map<Character, String> fields = new LinkedHashMap<>();
        ByteBuffer in = body();
        for (byte type = in.get(); type != 0; type = in.get()) {
            fields.put((char) type, text(in));
        }
        return fields;
    }

    private ErrorFields errorFields() {
        Map<Character, String> fields = fields();
        String severity = fields.getOrDefault('V', fields.getOrDefault('S', ""));
        return new ErrorFields(
                severity,
                new SqlState(fields.getOrDefault('C', "")),
                fields.getOrDefault('M', ""),
                fields.get('D'),
                fields.get('H'));
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
}
