// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.walcast.transport.WalChunk;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** The bytes of {@code SessionResponse{wal_data}} that come before the WAL itself. */
final class WalDataHeader {
    private static final int FIXED_FIELDS_BYTES = 3 * (1 + Long.BYTES);
    private static final int MAX_BYTES = 1 + 5 + FIXED_FIELDS_BYTES + 1 + 5;

    private WalDataHeader() {}

    static ByteBuffer encode(WalChunk chunk) {
        byte[] bytes = new byte[MAX_BYTES];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            int length = chunk.length();
            out.writeTag(SessionResponse.WAL_DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(FIXED_FIELDS_BYTES + 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length);
            out.writeFixed64(WalData.START_FIELD_NUMBER, chunk.start().value());
            out.writeFixed64(WalData.SERVER_END_FIELD_NUMBER, chunk.serverEnd().value());
            out.writeSFixed64(WalData.SENT_AT_FIELD_NUMBER, chunk.sentAt().micros());
            out.writeTag(WalData.DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
            return ByteBuffer.wrap(bytes, 0, out.getTotalBytesWritten());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
