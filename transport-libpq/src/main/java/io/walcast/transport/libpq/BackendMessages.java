// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the server sends outside of a stream (PostgreSQL manual, "Message Formats").
 *
 * <pre>
 * ErrorResponse    'E', NoticeResponse 'N'  (field int8 | text cstring)* | 0
 * RowDescription   'T'  count int16 | (name cstring | 18 bytes)*
 * DataRow          'D'  count int16 | (size int32, -1 for null | bytes)*
 * CommandComplete  'C'  tag cstring
 * ParameterStatus  'S'  name cstring | value cstring
 * BackendKeyData   'K'  process int32 | key byte[]
 * </pre>
 *
 * <p>Stateless. A body given here is whole and is consumed.
 */
final class BackendMessages {
    private static final int COLUMN_PROPERTIES_BYTES = 18;

    private BackendMessages() {}

    /** A ParameterStatus. */
    record Parameter(String name, String value) {}

    static ErrorFields errorFields(ByteBuffer body) {
        Map<Character, String> fields = new HashMap<>();
        while (true) {
            char code = (char) (requireAtLeast(1, body).get() & 0xFF);
            if (code == 0) {
                break;
            }
            fields.putIfAbsent(code, cString(body));
        }
        String severity = fields.getOrDefault('V', fields.getOrDefault('S', "ERROR"));
        String message = fields.getOrDefault('M', "no message");
        return new ErrorFields(severity, sqlState(fields.get('C')), message, fields.get('D'), fields.get('H'));
    }

    /** An error without a code, or with one that is none, is an internal error of the server. */
    private static SqlState sqlState(@Nullable String code) {
        try {
            return code == null ? SqlState.INTERNAL_ERROR : new SqlState(code);
        } catch (IllegalArgumentException e) {
            return SqlState.INTERNAL_ERROR;
        }
    }

    static List<String> rowDescription(ByteBuffer body) {
        int count = requireAtLeast(Short.BYTES, body).getShort() & 0xFFFF;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(cString(body));
            requireAtLeast(COLUMN_PROPERTIES_BYTES, body);
            body.position(body.position() + COLUMN_PROPERTIES_BYTES);
        }
        requireEnd(body);
        return names;
    }

    static List<byte @Nullable []> dataRow(ByteBuffer body) {
        int count = requireAtLeast(Short.BYTES, body).getShort() & 0xFFFF;
        List<byte @Nullable []> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(value(body));
        }
        requireEnd(body);
        return values;
    }

    private static byte @Nullable [] value(ByteBuffer body) {
        int size = requireAtLeast(Integer.BYTES, body).getInt();
        if (size == -1) {
            return null;
        }
        if (size < 0) {
            throw new ProtocolViolationException("negative field length");
        }
        requireAtLeast(size, body);
        byte[] bytes = new byte[size];
        body.get(bytes);
        return bytes;
    }

    static String commandComplete(ByteBuffer body) {
        String tag = cString(body);
        requireEnd(body);
        return tag;
    }

    static Parameter parameterStatus(ByteBuffer body) {
        Parameter parameter = new Parameter(cString(body), cString(body));
        requireEnd(body);
        return parameter;
    }

    /** Returns the process number; the key is for cancel requests, which a walsender does not need. */
    static int backendPid(ByteBuffer body) {
        return requireAtLeast(2 * Integer.BYTES, body).getInt();
    }

    static String cString(ByteBuffer body) {
        for (int end = body.position(); end < body.limit(); end++) {
            if (body.get(end) == 0) {
                byte[] bytes = new byte[end - body.position()];
                body.get(bytes).get();
                return new String(bytes, StandardCharsets.UTF_8);
            }
        }
        throw new ProtocolViolationException("invalid string in message");
    }

    static ByteBuffer requireAtLeast(int bytes, ByteBuffer body) {
        if (body.remaining() < bytes) {
            throw new ProtocolViolationException("insufficient data left in message");
        }
        return body;
    }

    private static void requireEnd(ByteBuffer body) {
        if (body.hasRemaining()) {
            throw new ProtocolViolationException("invalid message format");
        }
    }
}
