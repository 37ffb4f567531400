// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.Lsn;
import io.walcast.core.wal.rmgr.BlockDescription;
import io.walcast.core.wal.rmgr.RecordDescription;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

final class RecordDescriptionFuzzTest {
    private static final Lsn START = Lsn.parse("0/1000028");
    private static final Lsn END = Lsn.parse("0/2000000");
    private static final byte DATA_LONG = (byte) 254;
    private static final int BLOCK_BYTES = 20;
    private static final int MOST_CHARACTERS = 64;

    /** A version, a resource manager, a kind, how many bytes belong to a block, those, and the main data. */
    @FuzzTest
    void saysSomethingOfEveryRecord(byte[] bytes) throws InvalidWalException {
        Input input = new Input(bytes);
        WalVersion version = input.oneOf(WalVersion.values());
        ByteBuffer bytesOfRecord = record(input.uint8(), input.uint8(), input.bytes(input.uint8()), input.rest());
        XLogRecord record = new XLogRecordCodec().decode(bytesOfRecord, START, END, version);

        String description = ParserContract.parse(
                        bytes.length, IllegalStateException.class, () -> described(record, version))
                .orElseThrow();

        assertThat(description.length()).isLessThanOrEqualTo(2000 + bytes.length * MOST_CHARACTERS);
        assertThat(RecordParts.of(record)).isEqualTo(RecordParts.of(record));
    }

    private static String described(XLogRecord record, WalVersion version) {
        StringBuilder text = new StringBuilder(RecordDescription.operation(record, version));
        RecordDescription.appendDetails(record, version, text);
        assertThat(text).doesNotContain("\n");
        BlockDescription.appendShort(record, version, text);
        BlockDescription.appendDetailed(record, version, text);
        return text.toString();
    }

    private static ByteBuffer record(int resourceManager, int info, byte[] blockData, byte[] mainData) {
        ByteBuffer record = ByteBuffer.allocate(
                        XLogRecord.HEADER_BYTES + BLOCK_BYTES + 1 + Integer.BYTES + blockData.length + mainData.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0, record.capacity());
        record.put(XLogRecord.AT_INFO, (byte) info).put(XLogRecord.AT_RESOURCE_MANAGER, (byte) resourceManager);
        record.position(XLogRecord.HEADER_BYTES);
        record.put((byte) 0)
                .put((byte) (blockData.length == 0 ? 0 : BlockReference.HAS_DATA))
                .putShort((short) blockData.length);
        record.putInt(1663).putInt(5).putInt(16384).putInt(7);
        record.put(DATA_LONG).putInt(mainData.length).put(blockData).put(mainData);
        return record.clear();
    }
}
