// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads what a client receives. WAL stays in the buffers that it came in, or, if it was compressed, in the one that it was
 * decompressed into. Stateless.
 *
 * <p>What cannot be read is a {@link ProtocolViolationException}.
 */
final class ReceivedFrameMarshaller implements MethodDescriptor.Marshaller<ReceivedFrame> {
    private static final int SMALL_MESSAGE_BYTES = 4 << 10;

    @Override
    public InputStream stream(ReceivedFrame frame) {
        throw new UnsupportedOperationException("a client does not send what it receives");
    }

    @Override
    public ReceivedFrame parse(InputStream stream) {
        try {
            return isLendable(stream) ? lent(stream) : copied(stream);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolViolationException("invalid message from the server: " + e.getMessage());
        } catch (IOException e) {
            throw new ProtocolViolationException("could not read a message from the server: " + e.getMessage());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED) {
                throw e;
            }
            throw new ProtocolViolationException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    String.valueOf(e.getStatus().getDescription()));
        }
    }

    private static boolean isLendable(InputStream stream) {
        return stream instanceof KnownLength
                && stream instanceof Detachable
                && stream instanceof HasByteBuffer buffers
                && buffers.byteBufferSupported()
                && stream.markSupported();
    }

    private static ReceivedFrame lent(InputStream stream) throws IOException {
        int length = stream.available();
        byte[] head = new byte[Math.min(length, WalDataHeader.MAX_BYTES)];
        stream.mark(head.length);
        WalDataHeader header = WalDataHeader.decode(head, stream.readNBytes(head, 0, head.length), length);
        if (header == null) {
            stream.reset();
            return parsed(SessionResponse.parseFrom(stream));
        }
        stream.reset();
        stream.skipNBytes(header.bytes());
        return new LentWal(header, ((Detachable) stream).detach());
    }

    private static ReceivedFrame copied(InputStream stream) throws IOException {
        int limit = SessionMethod.MAX_RESPONSE_BYTES;
        int expected = Math.min(Math.max(SMALL_MESSAGE_BYTES, stream.available()), limit);
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.heapBuffer(expected, limit);
        boolean isKept = false;
        try {
            readAll(stream, bytes);
            byte[] head = new byte[Math.min(bytes.readableBytes(), WalDataHeader.MAX_BYTES)];
            bytes.getBytes(0, head);
            WalDataHeader header = WalDataHeader.decode(head, head.length, bytes.readableBytes());
            if (header == null) {
                CodedInputStream in =
                        CodedInputStream.newInstance(bytes.array(), bytes.arrayOffset(), bytes.readableBytes());
                SessionResponse response = SessionResponse.parseFrom(in);
                in.checkLastTagWas(0);
                return parsed(response);
            }
            isKept = true;
            return new CopiedWal(header, bytes);
        } finally {
            if (!isKept) {
                bytes.release();
            }
        }
    }

    private static ReceivedFrame parsed(SessionResponse response) {
        return response.hasWalData() ? new ParsedWal(response.getWalData()) : new ReceivedFrame.Message(response);
    }

    private static void readAll(InputStream stream, ByteBuf bytes) throws IOException {
        for (int count = 0; count >= 0; ) {
            if (bytes.isWritable()) {
                count = bytes.writeBytes(stream, bytes.writableBytes());
                continue;
            }
            count = stream.read();
            if (count >= 0 && bytes.writerIndex() == bytes.maxCapacity()) {
                throw new ProtocolViolationException(
                        SqlState.PROGRAM_LIMIT_EXCEEDED,
                        "message too large: more than %d bytes".formatted(bytes.maxCapacity()));
            }
            if (count >= 0) {
                bytes.writeByte(count);
            }
        }
    }
}
