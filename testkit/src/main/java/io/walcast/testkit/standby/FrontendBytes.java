// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessageCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** The bytes of the messages a client sends, for tests that alter them before they send them. Stateless. */
public final class FrontendBytes {
    /** Protocol 3.0, as it stands in a startup packet. */
    public static final int PROTOCOL_3_0 = 3 << 16;
    /** Protocol 3.2. */
    public static final int PROTOCOL_3_2 = 3 << 16 | 2;

    private static final int CANCEL_REQUEST = 80877102;
    private static final int SSL_REQUEST = 80877103;
    private static final int GSSENC_REQUEST = 80877104;

    private FrontendBytes() {}

    /** Returns a startup packet with these parameters, in their order. */
    public static byte[] startup(int version, Map<String, String> parameters) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        parameters.forEach((name, value) -> {
            body.writeBytes(text(name));
            body.writeBytes(text(value));
        });
        body.write(0);
        return packet(version, body.toByteArray());
    }

    /** Returns a packet without a tag, as they come before authentication: length, code, {@code rest}. */
    public static byte[] packet(int code, byte[] rest) {
        return ByteBuffer.allocate(2 * Integer.BYTES + rest.length)
                .putInt(2 * Integer.BYTES + rest.length)
                .putInt(code)
                .put(rest)
                .array();
    }

    /** Returns {@code SSLRequest}. */
    public static byte[] sslRequest() {
        return packet(SSL_REQUEST, new byte[0]);
    }

    /** Returns {@code GSSENCRequest}. */
    public static byte[] gssEncRequest() {
        return packet(GSSENC_REQUEST, new byte[0]);
    }

    /** Returns {@code CancelRequest}. */
    public static byte[] cancelRequest(int pid, byte[] key) {
        return packet(
                CANCEL_REQUEST,
                ByteBuffer.allocate(Integer.BYTES + key.length)
                        .putInt(pid)
                        .put(key)
                        .array());
    }

    /** Returns a message with a tag. */
    public static byte[] message(char tag, byte[] body) {
        return ByteBuffer.allocate(1 + Integer.BYTES + body.length)
                .put((byte) tag)
                .putInt(Integer.BYTES + body.length)
                .put(body)
                .array();
    }

    /** Returns {@code Query}. */
    public static byte[] query(String text) {
        return message('Q', text(text));
    }

    /** Returns {@code CopyData}. */
    public static byte[] copyData(byte[] body) {
        return message('d', body);
    }

    /** Returns a message of a stream, in {@code CopyData}. */
    public static byte[] copyData(StandbyMessage message) {
        ByteBuffer body = ByteBuffer.allocate(
                Math.max(StandbyMessageCodec.STATUS_UPDATE_BYTES, StandbyMessageCodec.HOT_STANDBY_FEEDBACK_BYTES));
        StandbyMessageCodec.encode(message, body);
        return copyData(Arrays.copyOf(body.array(), body.position()));
    }

    /** Returns {@code CopyDone}. */
    public static byte[] copyDone() {
        return message('c', new byte[0]);
    }

    /** Returns {@code CopyFail}. */
    public static byte[] copyFail(String reason) {
        return message('f', text(reason));
    }

    /** Returns {@code Terminate}. */
    public static byte[] terminate() {
        return message('X', new byte[0]);
    }

    /** Returns text with the zero byte that ends it. */
    public static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
