// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import io.walcast.core.Lsn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the messages a server sends, each with tag and length, for scripts that alter them before they send them.
 */
public final class ServerMessages {
    private static final int HEADER_BYTES = 5;

    private ServerMessages() {}

    /** Returns a message. */
    public static byte[] message(char tag, byte[] body) {
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .put((byte) tag)
                .putInt(Integer.BYTES + body.length)
                .put(body)
                .array();
    }

    /** Returns AuthenticationOk (code 0) or a request for authentication, with what follows the code. */
    public static byte[] authentication(int code, byte[] rest) {
        return message(
                'R',
                ByteBuffer.allocate(Integer.BYTES + rest.length)
                        .putInt(code)
                        .put(rest)
                        .array());
    }

    /** Returns ParameterStatus. */
    public static byte[] parameterStatus(String name, String value) {
        return message('S', text(name + "\0" + value + "\0"));
    }

    /** Returns BackendKeyData. */
    public static byte[] backendKeyData(int processId, int secretKey) {
        return message(
                'K',
                ByteBuffer.allocate(2 * Integer.BYTES)
                        .putInt(processId)
                        .putInt(secretKey)
                        .array());
    }

    /** Returns ReadyForQuery, outside a transaction. */
    public static byte[] readyForQuery() {
        return message('Z', new byte[] {'I'});
    }

    /** Returns ErrorResponse. */
    public static byte[] error(String severity, String sqlState, String text) {
        return message('E', fields(severity, sqlState, text));
    }

    /** Returns NoticeResponse. */
    public static byte[] notice(String severity, String sqlState, String text) {
        return message('N', fields(severity, sqlState, text));
    }

    private static byte[] fields(String severity, String sqlState, String text) {
        return text("S" + severity + "\0V" + severity + "\0C" + sqlState + "\0M" + text + "\0\0");
    }

    /** Returns CommandComplete. */
    public static byte[] commandComplete(String tag) {
        return message('C', text(tag + "\0"));
    }

    /** Returns RowDescription. */
    public static byte[] rowDescription(Rows rows) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(int16(rows.columns().size()));
        for (int i = 0; i < rows.columns().size(); i++) {
            body.writeBytes(text(rows.columns().get(i) + "\0"));
            body.writeBytes(ByteBuffer.allocate(18)
                    .putInt(0)
                    .putShort((short) 0)
                    .putInt(rows.types().get(i))
                    .putShort((short) -1)
                    .putInt(-1)
                    .putShort((short) 0)
                    .array());
        }
        return message('T', body.toByteArray());
    }

    /** Returns DataRow. */
    public static byte[] dataRow(List<@Nullable String> values) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(int16(values.size()));
        for (String value : values) {
            if (value == null) {
                body.writeBytes(int32(-1));
            } else {
                byte[] bytes = text(value);
                body.writeBytes(int32(bytes.length));
                body.writeBytes(bytes);
            }
        }
        return message('D', body.toByteArray());
    }

    /** Returns CopyBothResponse, textual and without columns, as a walsender's is. */
    public static byte[] copyBoth() {
        return message('W', new byte[3]);
    }

    /** Returns CopyDone. */
    public static byte[] copyDone() {
        return message('c', new byte[0]);
    }

    /** Returns CopyData. */
    public static byte[] copyData(byte[] body) {
        return message('d', body);
    }

    /** Returns XLogData, in CopyData. */
    public static byte[] xLogData(Lsn start, Lsn serverEnd, byte[] wal, int offset, int length) {
        return copyData(ByteBuffer.allocate(1 + 3 * Long.BYTES + length)
                .put((byte) 'w')
                .putLong(start.value())
                .putLong(serverEnd.value())
                .putLong(now())
                .put(wal, offset, length)
                .array());
    }

    /** Returns a primary's keepalive, in CopyData. */
    public static byte[] keepalive(Lsn serverEnd, boolean replyRequested) {
        return copyData(ByteBuffer.allocate(1 + 2 * Long.BYTES + 1)
                .put((byte) 'k')
                .putLong(serverEnd.value())
                .putLong(now())
                .put((byte) (replyRequested ? 1 : 0))
                .array());
    }

    /** Microseconds since 2000. */
    private static long now() {
        return (System.currentTimeMillis() - 946_684_800_000L) * 1000;
    }

    private static byte[] int16(int value) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) value).array();
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
