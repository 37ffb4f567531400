// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.Reply.Column;
import io.walcast.transport.WalChunk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The messages, each one a gRPC message: a tag, then a body. What a server sends has the tags and bodies of PostgreSQL's
 * protocol, without lengths.
 *
 * <pre>
 * to the server   'S' startup | 'Q' command text | 'd' standby message | 'c' | 'F' cancel
 * to the client   'B' session begun: pid int32, parameters | 'T' 'D' 'C' 'Z' 'W' 'd' 'c' 'E' 'N' 'S' as PostgreSQL's
 * </pre>
 */
final class Frames {
    static final char STARTUP = 'S';
    static final char COMMAND = 'Q';
    static final char COPY_DATA = 'd';
    static final char COPY_DONE = 'c';
    static final char CANCEL = 'F';
    static final char BEGUN = 'B';
    static final char ERROR = 'E';

    static final MethodDescriptor<byte[], byte[]> SESSION = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName("walcast.Replication/Session")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private Frames() {}

    static char tag(byte[] frame) {
        return frame.length == 0 ? 0 : (char) frame[0];
    }

    static ByteBuffer body(byte[] frame) {
        return ByteBuffer.wrap(frame, 1, frame.length - 1).slice();
    }

    static byte[] frame(char tag, byte[] body) {
        return ByteBuffer.allocate(1 + body.length).put((byte) tag).put(body).array();
    }

    static byte[] wal(WalChunk chunk) {
        ByteBuffer frame = ByteBuffer.allocate(1 + ServerMessageCodec.XLOG_DATA_HEADER_BYTES + chunk.length());
        frame.put((byte) COPY_DATA);
        ServerMessageCodec.encodeXLogDataHeader(chunk.start(), chunk.serverEnd(), chunk.sentAt(), frame);
        return frame.put(chunk.buffer()).array();
    }

    static byte[] encode(FromServer message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            encode(message, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void encode(FromServer message, DataOutputStream out) throws IOException {
        if (message instanceof FromServer.RowDescription description) {
            encode(description, out);
        } else if (message instanceof FromServer.DataRow row) {
            encode(row, out);
        } else if (message instanceof FromServer.CommandComplete complete) {
            out.writeByte('C');
            text(complete.tag(), out);
        } else if (message instanceof FromServer.Ready) {
            out.writeByte('Z');
        } else if (message instanceof FromServer.CopyBoth) {
            out.writeByte('W');
        } else if (message instanceof FromServer.CopyDone) {
            out.writeByte(COPY_DONE);
        } else if (message instanceof FromServer.Failed failed) {
            encode(ERROR, failed.fields(), out);
        } else if (message instanceof FromServer.Notice notice) {
            encode('N', notice.fields(), out);
        } else if (message instanceof FromServer.ParameterStatus status) {
            out.writeByte('S');
            text(status.name(), out);
            text(status.value(), out);
        } else if (message instanceof FromServer.Keepalive keepalive) {
            encode(keepalive, out);
        } else {
            throw new IllegalArgumentException("message: " + message + " (expected: one that a session sends)");
        }
    }

    private static void encode(FromServer.RowDescription description, DataOutputStream out) throws IOException {
        out.writeByte('T');
        out.writeShort(description.columns().size());
        for (Column column : description.columns()) {
            text(column.name(), out);
            out.writeInt(0);
            out.writeShort(0);
            out.writeInt(column.typeOid());
            out.writeShort(column.typeLength());
            out.writeInt(column.typeModifier());
            out.writeShort(0);
        }
    }

    private static void encode(FromServer.DataRow row, DataOutputStream out) throws IOException {
        out.writeByte('D');
        out.writeShort(row.values().size());
        for (byte[] value : row.values()) {
            out.writeInt(value == null ? -1 : value.length);
            if (value != null) {
                out.write(value);
            }
        }
    }

    private static void encode(char tag, ErrorFields fields, DataOutputStream out) throws IOException {
        out.writeByte(tag);
        field('V', fields.severity(), out);
        field('C', fields.sqlState().code(), out);
        field('M', fields.message(), out);
        field('D', fields.detail(), out);
        field('H', fields.hint(), out);
        out.writeByte(0);
    }

    private static void field(char type, @Nullable String value, DataOutputStream out) throws IOException {
        if (value != null) {
            out.writeByte(type);
            text(value, out);
        }
    }

    private static void encode(FromServer.Keepalive keepalive, DataOutputStream out) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.KEEPALIVE_BYTES);
        ServerMessageCodec.encode(
                new ServerMessage.Keepalive(keepalive.walEnd(), keepalive.sentAt(), keepalive.replyRequested()), body);
        out.writeByte(COPY_DATA);
        out.write(body.array());
    }

    private static void text(String text, DataOutputStream out) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.writeByte(0);
    }

    /** Messages are bytes. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
