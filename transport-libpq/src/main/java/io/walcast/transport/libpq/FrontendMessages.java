// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessageCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What the client sends (PostgreSQL manual, "Message Formats").
 *
 * <pre>
 * StartupMessage  length int32 | version int32 | (name cstring | value cstring)* | 0
 * SSLRequest      length int32 | 80877103 int32
 * Query           'Q' | length int32 | text cstring
 * CopyData        'd' | length int32 | body
 * CopyDone        'c' | length int32
 * Password        'p' | length int32 | password cstring
 * SASLInitial     'p' | length int32 | mechanism cstring | size int32 | data
 * SASLResponse    'p' | length int32 | data
 * Terminate       'X' | length int32
 * </pre>
 */
final class FrontendMessages {
    private static final int SSL_REQUEST_CODE = 80877103;

    private FrontendMessages() {}

    static ByteBuf startup(int protocolVersion, Map<String, String> parameters) {
        ByteBuf out = Unpooled.buffer(256).writeInt(0).writeInt(protocolVersion);
        parameters.forEach((name, value) -> {
            writeCString(out, name);
            writeCString(out, value);
        });
        out.writeByte(0);
        return out.setInt(0, out.readableBytes());
    }

    static ByteBuf sslRequest() {
        return Unpooled.buffer(8, 8).writeInt(8).writeInt(SSL_REQUEST_CODE);
    }

    static ByteBuf query(String text) {
        ByteBuf out = begin('Q');
        writeCString(out, text);
        return end(out);
    }

    static ByteBuf copyData(ByteBufAllocator allocator, StandbyMessage message) {
        ByteBuffer body = ByteBuffer.allocate(StandbyMessageCodec.STATUS_UPDATE_BYTES);
        StandbyMessageCodec.encode(message, body);
        body.flip();
        int frameBytes = 1 + Integer.BYTES + body.remaining();
        return allocator
                .directBuffer(frameBytes, frameBytes)
                .writeByte('d')
                .writeInt(Integer.BYTES + body.remaining())
                .writeBytes(body);
    }

    static ByteBuf copyDone() {
        return end(begin('c'));
    }

    static ByteBuf password(String password) {
        ByteBuf out = begin('p');
        writeCString(out, password);
        return end(out);
    }

    static ByteBuf saslInitialResponse(String mechanism, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = begin('p');
        writeCString(out, mechanism);
        return end(out.writeInt(bytes.length).writeBytes(bytes));
    }

    static ByteBuf saslResponse(String data) {
        return end(begin('p').writeBytes(data.getBytes(StandardCharsets.UTF_8)));
    }

    static ByteBuf terminate() {
        return end(begin('X'));
    }

    private static ByteBuf begin(char type) {
        return Unpooled.buffer(64).writeByte(type).writeInt(0);
    }

    private static ByteBuf end(ByteBuf out) {
        return out.setInt(1, out.readableBytes() - 1);
    }

    private static void writeCString(ByteBuf out, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text: holds a NUL (expected: none)");
        }
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
    }
}
