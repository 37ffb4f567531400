// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.WalChunk;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of {@code SessionResponse{wal_data}} that come before the WAL itself.
 *
 * <pre>
 * 32 | length varint | 09 | start fixed64 | 11 | serverEnd fixed64 | 19 | sentAt fixed64 | 22 | length varint | data byte[]
 * </pre>
 *
 * @param bytes how many they are
 * @param dataBytes how many come after them
 */
record WalDataHeader(Lsn start, Lsn serverEnd, PgTimestamp sentAt, int bytes, int dataBytes) {
    /** Of the ones that we write; others may have fields in front that we do not know. */
    static final int MAX_BYTES = 64;

    private static final int FIXED_FIELDS_BYTES = 3 * (1 + Long.BYTES);
    private static final int WAL_DATA =
            tag(SessionResponse.WAL_DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int START = tag(WalData.START_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
    private static final int SERVER_END = tag(WalData.SERVER_END_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
    private static final int SENT_AT = tag(WalData.SENT_AT_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
    private static final int DATA = tag(WalData.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

    private static int tag(int field, int type) {
        return field << 3 | type;
    }

    /**
     * Reads the header of a message.
     *
     * @param head the first bytes of the message
     * @param count how many of {@code head} are of the message
     * @param messageBytes how many bytes the message has
     * @return null if the message is another one, or has another form, and has to be parsed
     */
    static @Nullable WalDataHeader decode(byte[] head, int count, int messageBytes) {
        CodedInputStream in = CodedInputStream.newInstance(head, 0, count);
        try {
            if (in.readTag() != WAL_DATA || in.readRawVarint32() != messageBytes - in.getTotalBytesRead()) {
                return null;
            }
            long start = 0;
            long serverEnd = 0;
            long sentAt = 0;
            for (int tag = in.readTag(); tag != DATA; tag = in.readTag()) {
                if (tag == START) {
                    start = in.readFixed64();
                } else if (tag == SERVER_END) {
                    serverEnd = in.readFixed64();
                } else if (tag == SENT_AT) {
                    sentAt = in.readSFixed64();
                } else if (tag == 0 || !in.skipField(tag)) {
                    return null;
                }
            }
            int dataBytes = in.readRawVarint32();
            int bytes = in.getTotalBytesRead();
            return dataBytes == messageBytes - bytes
                    ? new WalDataHeader(new Lsn(start), new Lsn(serverEnd), new PgTimestamp(sentAt), bytes, dataBytes)
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns the header of {@code chunk}. */
    static ByteBuffer encode(WalChunk chunk) {
        byte[] bytes = new byte[MAX_BYTES];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            int length = chunk.length();
            out.writeUInt32NoTag(WAL_DATA);
            out.writeUInt32NoTag(FIXED_FIELDS_BYTES + 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length);
            out.writeFixed64(WalData.START_FIELD_NUMBER, chunk.start().value());
            out.writeFixed64(WalData.SERVER_END_FIELD_NUMBER, chunk.serverEnd().value());
            out.writeSFixed64(WalData.SENT_AT_FIELD_NUMBER, chunk.sentAt().micros());
            out.writeUInt32NoTag(DATA);
            out.writeUInt32NoTag(length);
            return ByteBuffer.wrap(bytes, 0, out.getTotalBytesWritten());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
