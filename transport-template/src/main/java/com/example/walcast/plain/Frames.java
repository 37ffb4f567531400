// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.transport.Outbound;
import io.walcast.transport.Reply.Column;
import io.walcast.transport.WalChunk;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in the frames. What a server sends has the types and bodies of PostgreSQL's protocol, a session's begin apart.
 *
 * <pre>
 * to the server   'H' hello | 'Q' command text | 'd' standby message | 'c' copy done | 'K' cancel | 'X' goodbye
 * to the client   'B' begun | 'T' columns | 'D' row | 'C' tag | 'W' copy both | 'd' server message | 'c' copy done
 *                 | 'E' error | 'N' notice | 'S' parameter | 'Z' ready
 * hello           version int32 | mode text | user text | database text | (name text, value text)*
 * begun           pid int32 | server's major version int32 | (name text, value text)*
 * text            UTF-8, then a zero byte
 * </pre>
 */
final class Frames {
    static final int VERSION = 1;
    static final char HELLO = 'H';
    static final char COMMAND = 'Q';
    static final char COPY_DATA = 'd';
    static final char COPY_DONE = 'c';
    static final char CANCEL = 'K';
    static final char GOODBYE = 'X';
    static final char BEGUN = 'B';
    static final char COLUMNS = 'T';
    static final char ROW = 'D';
    static final char COMPLETE = 'C';
    static final char COPY_BOTH = 'W';
    static final char ERROR = 'E';
    static final char NOTICE = 'N';
    static final char PARAMETER = 'S';
    static final char READY = 'Z';

    static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private Frames() {}

    /** A body in the making. */
    static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Writer int16(int value) {
            bytes.write(value >>> 8);
            bytes.write(value);
            return this;
        }

        Writer int32(int value) {
            return int16(value >>> 16).int16(value);
        }

        Writer text(String value) {
            bytes.writeBytes(value.replace("\0", "").getBytes(UTF_8));
            bytes.write(0);
            return this;
        }

        Writer field(char type, @Nullable String value) {
            if (value != null) {
                bytes.write(type);
                text(value);
            }
            return this;
        }

        Writer pairs(Map<String, String> pairs) {
            pairs.forEach((name, value) -> text(name).text(value));
            return this;
        }

        Writer value(byte @Nullable [] value) {
            int32(value == null ? -1 : value.length);
            if (value != null) {
                bytes.writeBytes(value);
            }
            return this;
        }

        ByteBuffer body() {
            return ByteBuffer.wrap(bytes.toByteArray());
        }
    }

    static ByteBuffer text(String value) {
        return new Writer().text(value).body();
    }

    /** Reads up to the next zero byte. */
    static String readText(ByteBuffer body) {
        int start = body.position();
        while (body.get() != 0) {
            // to the end of the text
        }
        byte[] bytes = new byte[body.position() - start - 1];
        body.get(start, bytes);
        return new String(bytes, UTF_8);
    }

    static Map<String, String> readPairs(ByteBuffer body) {
        Map<String, String> pairs = new LinkedHashMap<>();
        while (body.hasRemaining()) {
            pairs.put(readText(body), readText(body));
        }
        return pairs;
    }

    static ByteBuffer columns(List<Column> columns) {
        Writer writer = new Writer().int16(columns.size());
        for (Column column : columns) {
            writer.text(column.name()).int32(0).int16(0);
            writer.int32(column.typeOid()).int16(column.typeLength());
            writer.int32(column.typeModifier()).int16(0);
        }
        return writer.body();
    }

    static List<String> readColumnNames(ByteBuffer body) {
        List<String> names = new ArrayList<>();
        for (int left = body.getShort(); left > 0; left--) {
            names.add(readText(body));
            body.position(body.position() + 4 * Integer.BYTES + Short.BYTES);
        }
        return names;
    }

    static ByteBuffer row(List<byte @Nullable []> values) {
        Writer writer = new Writer().int16(values.size());
        values.forEach(writer::value);
        return writer.body();
    }

    static List<byte @Nullable []> readRow(ByteBuffer body) {
        List<byte @Nullable []> values = new ArrayList<>();
        for (int left = body.getShort(); left > 0; left--) {
            int length = body.getInt();
            byte[] value = length < 0 ? null : new byte[Math.min(length, body.remaining())];
            if (value != null) {
                body.get(value);
            }
            values.add(value);
        }
        return values;
    }

    static ByteBuffer error(ErrorFields fields) {
        Writer writer = new Writer()
                .field('V', fields.severity())
                .field('C', fields.sqlState().code())
                .field('M', fields.message())
                .field('D', fields.detail())
                .field('H', fields.hint());
        writer.bytes.write(0);
        return writer.body();
    }

    static ErrorFields readError(ByteBuffer body) {
        Map<Character, String> fields = new LinkedHashMap<>();
        for (byte type = body.get(); type != 0; type = body.get()) {
            fields.put((char) type, readText(body));
        }
        return new ErrorFields(
                fields.getOrDefault('V', "FATAL"),
                new SqlState(fields.getOrDefault('C', SqlState.INTERNAL_ERROR.code())),
                fields.getOrDefault('M', ""),
                fields.get('D'),
                fields.get('H'));
    }

    static ByteBuffer walHeader(WalChunk chunk) {
        ByteBuffer header = ByteBuffer.allocate(ServerMessageCodec.XLOG_DATA_HEADER_BYTES);
        ServerMessageCodec.encodeXLogDataHeader(chunk.start(), chunk.serverEnd(), chunk.sentAt(), header);
        return header.flip();
    }

    static ByteBuffer keepalive(Outbound.Keepalive keepalive) {
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.KEEPALIVE_BYTES);
        ServerMessageCodec.encode(
                new ServerMessage.Keepalive(keepalive.walEnd(), keepalive.sentAt(), keepalive.replyRequested()), body);
        return body.flip();
    }

    static ByteBuffer standbyMessage(StandbyMessage message) {
        ByteBuffer body = ByteBuffer.allocate(
                Math.max(StandbyMessageCodec.STATUS_UPDATE_BYTES, StandbyMessageCodec.HOT_STANDBY_FEEDBACK_BYTES));
        StandbyMessageCodec.encode(message, body);
        return body.flip();
    }
}
